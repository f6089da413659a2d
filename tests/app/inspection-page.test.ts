import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { float32Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { type InspectCommand, buildInspectCommand } from '../engine/inspect-models.ts'
import { launchBrowser } from './browser.ts'

const filters = 150
const drawn = 128

/** Stripes of every direction, noise, and filters of zeros: [150, 1, 5, 5], then one layer of colours. */
function kernels(): Float32Array {
  const stream = randomStream('page')
  return Float32Array.from({ length: filters * 25 }, (_, index) => {
    const [filter, y, x] = [Math.floor(index / 25), Math.floor((index % 25) / 5), index % 5]
    if (filter % 10 === 9) return 0
    const wave = filter % 2 === 0 ? 2 * Math.cos(1.3 * (x * Math.cos(filter) + y * Math.sin(filter))) : 0
    return wave + stream.normal() / 2
  })
}

function model(): Uint8Array {
  const builder = new GraphBuilder()
  const stream = randomStream('page colours')
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['N', 1, 16, 16] } })
  const first = builder.initializer('stripes.weight', float32Tensor([filters, 1, 5, 5], kernels()))
  const conv = builder.op('Conv', ['image', first], {}, { name: 'stripes' })
  const second = float32Tensor(
    [4, filters, 3, 3],
    Float32Array.from({ length: 4 * filters * 9 }, () => stream.normal()),
  )
  const relu = builder.op('Relu', [conv])
  builder.op('Conv', [relu, builder.initializer('noise & <more>.weight', second)], {}, { name: 'noise & <more>' })
  builder.output({ name: 'noise & <more>', type: { dataType: 'float32', dims: ['N', 4, 10, 10] } })
  return writeModel({ graph: builder.build('page') })
}

interface Report {
  readonly layers: readonly {
    readonly name: string
    readonly filters: readonly { readonly index: number; readonly verdict: string; readonly p: number | null }[]
  }[]
}

let command: InspectCommand
let browser: Browser
let page: Page
let report: Report
const requested: string[] = []

beforeAll(async () => {
  command = await buildInspectCommand()
  const [file, html] = [join(command.folder, 'net.onnx'), join(command.folder, 'net.html')]
  await writeFile(file, model())
  report = JSON.parse((await command.inspect(file, '--json', '--html', html)).output) as Report
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('request', (request) => requested.push(request.url()))
  await page.goto(pathToFileURL(html).href)
})
afterAll(async () => {
  await browser?.close()
  await command?.remove()
})

const countOf = (layer: number, verdict: string, most = Number.POSITIVE_INFINITY) =>
  report.layers[layer]!.filters.filter((filter) => filter.verdict === verdict && filter.index < most).length

it('needs nothing but itself', async () => {
  expect(requested.filter((url) => !url.startsWith('data:'))).toEqual([page.url()])
  expect(await page.locator('script, link').count()).toBe(0)
  const html = await readFile(join(command.folder, 'net.html'), 'utf8')
  expect(html.replaceAll('http://www.w3.org', '')).not.toMatch(/https?:/)
})

it('shows the verdicts that are printed, a mark and a picture for each filter up to a bound, and counts the rest', async () => {
  const section = page.locator('details', { has: page.locator('#layer-0') })
  await expect.poll(() => section.locator('ul.filters li').count()).toBe(drawn)
  for (const verdict of ['structured', 'random', 'dead', 'emerging']) {
    expect(await section.locator(`ul.filters .mark.${verdict}`).count()).toBe(countOf(0, verdict, drawn))
  }
  expect(countOf(0, 'structured')).toBeGreaterThan(50)
  expect(countOf(0, 'dead')).toBe(15)
  const folded = await section.locator('.folded').innerText()
  expect(folded).toContain(`${filters - drawn} more filters are not drawn`)
  expect(folded).toContain(`${countOf(0, 'structured') - countOf(0, 'structured', drawn)} structured`)
  const row = page.getByRole('row', { name: /^stripes/ })
  expect(await row.innerText()).toContain(`${countOf(0, 'structured')} of ${filters}`)
})

it('opens a layer from the table, whatever its name', async () => {
  await page.getByRole('link', { name: 'noise & <more>' }).click()
  await expect.poll(() => page.locator('#layer-1 img').first().isVisible()).toBe(true)
  expect(await page.locator('#layer-1 img').count()).toBe(4)
})

it('draws the weights: orange above zero, blue below, the strongest the darkest', async () => {
  const weights = kernels()
  const pixels = await page
    .locator('#layer-0 img')
    .nth(2)
    .evaluate((element) => {
      const canvas = document.createElement('canvas')
      const image = element as HTMLImageElement
      canvas.width = image.naturalWidth
      canvas.height = image.naturalHeight
      const context = canvas.getContext('2d')!
      context.drawImage(image, 0, 0)
      return [...context.getImageData(0, 0, canvas.width, canvas.height).data]
    })
  expect(pixels).toHaveLength(100)
  const own = weights.subarray(50, 75)
  const largest = Math.max(...own.map(Math.abs))
  own.forEach((weight, k) => {
    const [red, , blue] = pixels.slice(4 * k) as [number, number, number]
    if (Math.abs(weight) > 0.1 * largest) expect(red > blue, `weight ${k}: ${weight}`).toBe(weight > 0)
  })
  const strongest = own.findIndex((weight) => Math.abs(weight) === largest)
  expect(pixels.slice(4 * strongest, 4 * strongest + 3)).toEqual(own[strongest]! > 0 ? [138, 61, 0] : [10, 74, 151])
})

it.each(['light', 'dark'] as const)('can be read in the %s theme', async (colorScheme) => {
  await page.emulateMedia({ colorScheme })
  const [text, background] = await page
    .locator('body')
    .evaluate((body) => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor])
  expect([text, background]).toEqual(
    colorScheme === 'dark' ? ['rgb(230, 233, 237)', 'rgb(22, 24, 28)'] : ['rgb(29, 33, 38)', 'rgb(255, 255, 255)'],
  )
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(1280)
})
