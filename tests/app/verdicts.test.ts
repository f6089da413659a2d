import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrangeWall } from '../../renderer/workspaces/train/wall-arrangement.ts'
import { dropFiles } from './drop-files.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const FILTERS = 8
/** Of the settings recommended for the sample. */
const STEPS = 564
const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ colorScheme: 'light' })
  page = workbench.page
})

afterAll(() => workbench?.close())

const wall = () => page.getByRole('listbox', { name: /^Filters of conv1/ })
const bar = () => page.getByRole('toolbar', { name: 'Verdicts on the filters' })
const chip = (verdict: string) => bar().getByRole('button', { name: new RegExp(`^${verdict}`) })
const pane = () => page.getByRole('region', { name: /^(Curves and the selected filter|Properties)$/ })

/** How many filters the legend of the wall counts under a verdict. */
async function countOf(verdict: string): Promise<number> {
  const found = await chip(verdict).locator('strong').allInnerTexts()
  return Number(found[0] ?? Number.NaN)
}

/** How many filters the wall shows. */
const shownCount = async () => Number(await wall().getByRole('option').getAttribute('aria-setsize'))

/** The colours on the screen in the middle of the mark of each filter, where the wall's own arithmetic puts them. */
async function markColours(): Promise<string[]> {
  const canvas = wall().locator('canvas')
  const size = await canvas.evaluate(({ width, height }: HTMLCanvasElement) => ({ width, height }))
  const subject = { count: FILTERS, channels: 1, kernelWidth: 7, kernelHeight: 7, showsBirth: true }
  const layout = arrangeWall({ ...subject, smallest: 48, zoom: 1, opened: new Set() }, { ...size, density: 1 })
  const points = layout.labelsBetween(0, layout.contentHeight).map(({ x, y }) => [x + 6, y] as const)
  return canvas.evaluate((element: HTMLCanvasElement, wanted) => {
    const context = element.getContext('2d')
    return wanted.map(([x, y]) => [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3).join())
  }, points)
}

const filled = async (name: string): Promise<string> =>
  page.evaluate((variable) => {
    const hex = getComputedStyle(document.documentElement).getPropertyValue(variable).trim()
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join()
  }, name)

describe('the verdicts on a run', () => {
  it('come while it trains, and most filters of the first layer leave chance', async () => {
    await page
      .getByRole('button', { name: /X or O/ })
      .first()
      .click()
    await page.getByText('2,000').first().waitFor()
    await page.keyboard.press('3')
    await page.getByRole('main').getByRole('button', { name: 'Train' }).click()
    await chip('structured').waitFor(LATER)
    await expect.poll(() => countOf('structured'), LATER).toBeGreaterThanOrEqual(6)
    expect(await countOf('all')).toBe(FILTERS)
  })

  it('are marks on the wall, of the colour in the legend', async () => {
    await page.locator('header[aria-label="State of the run"]').getByText('Finished').waitFor(LATER)
    const structured = await filled('--verdict-structured')
    // Looks still come: the marks and the legend are those of one of them.
    const marked = async () => (await markColours()).filter((colour) => colour === structured).length
    await expect.poll(async () => (await marked()) - (await countOf('structured')), SOON).toBe(0)
    expect(await marked()).toBeGreaterThanOrEqual(6)
  })

  it('show only the filters of one of them', async () => {
    await bar().getByText(`look at step ${STEPS}`).waitFor(LATER)
    const structured = await countOf('structured')
    await chip('structured').click()
    await expect.poll(shownCount, SOON).toBe(structured)
    await chip('emerging').click()
    if ((await countOf('emerging')) === 0) {
      await page.getByText('No filter of this layer is emerging now.').waitFor(SOON)
    }
    await page.keyboard.press('Control+k')
    await page.keyboard.type('every verdict')
    await page.keyboard.press('Enter')
    await expect.poll(shownCount, SOON).toBe(FILTERS)
  })

  it('sort the wall by key', async () => {
    await page.keyboard.press('o')
    await expect.poll(() => page.getByRole('combobox', { name: 'Sort' }).innerText(), SOON).toBe('By verdict')
    await page.keyboard.press('o')
    await expect.poll(() => page.getByRole('combobox', { name: 'Sort' }).innerText(), SOON).toBe('By index')
  })

  it('have reasons: each measure is a dot on what chance makes of it, with a sentence', async () => {
    await wall().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('v')
    await pane().getByRole('heading', { name: 'Why filter 0 is called that' }).waitFor(SOON)
    await pane()
      .getByText(/of 8 structured \(about 5 % of those called structured expected by chance\)/)
      .waitFor(SOON)
    const smooth = pane().getByRole('img', { name: /^Smoothness: / })
    await smooth.waitFor(SOON)
    const { dot, from, to } = await smooth.evaluate((plot) => {
      const box = (selector: string) => (plot.querySelector(selector) as Element).getBoundingClientRect()
      const [point, band] = [box('.dot'), box('.band')]
      return { dot: point.left + point.width / 2, from: band.left, to: band.right }
    })
    expect(dot < from || dot > to).toBe(true)
    await pane()
      .getByText(/^Neighbouring weights resemble each other: roughness 0\.\d+/)
      .waitFor()
    await pane().getByText('It does not mean useful', { exact: false }).waitFor()
    await pane().getByText('Rotation 1 − cos').waitFor()
    await pane().getByText('Change, among all filters (q)').waitFor()
    const explained = pane().locator('details', { hasText: 'The effective rank divided by that of random filters' })
    await explained.locator('summary').focus()
    await page.keyboard.press('Enter')
    await explained.getByText(/^The effective rank divided/).waitFor(SOON)
  })

  it('have a history that began at chance', async () => {
    const looks = pane().getByRole('list', { name: 'What filter 0 was called at each look' }).getByRole('button')
    expect(await looks.first().getAttribute('aria-label')).toBe('birth: random')
    await expect.poll(async () => (await looks.last().getAttribute('aria-label')) ?? '', SOON).toMatch(/: structured$/)
    await pane()
      .getByText(/^Called structured since step [\d,]+, and at every look after\.$/)
      .waitFor(SOON)
    await page.getByTitle(/^First structured filter: /).waitFor(SOON)
  })

  it('are those of the birth when the timeline is there, and lead from look to look', async () => {
    await page.getByRole('button', { name: 'Go to the birth' }).click()
    await bar().getByText('look at birth').waitFor(SOON)
    expect(await countOf('structured')).toBe(0)
    expect(await countOf('random')).toBeGreaterThanOrEqual(6)
    await pane().getByText('Neighbouring weights differ as random ones do', { exact: false }).waitFor(SOON)
    const looks = pane().getByRole('list', { name: 'What filter 0 was called at each look' }).getByRole('button')
    await looks.last().click()
    await expect.poll(() => countOf('structured'), SOON).toBeGreaterThanOrEqual(6)
    await page.getByRole('button', { name: 'Newest' }).click()
  })

  it('stand in the list of layers', async () => {
    const layers = page.getByRole('navigation', { name: 'Layers' })
    await layers.getByText(/^Layer structured: \d of 8 filters structured/).waitFor({ state: 'attached' })
  })
})

describe('the verdicts on a model file', () => {
  it('are those of the run it came from', async () => {
    const structured = await countOf('structured')
    const [run = ''] = await readdir(join(workbench.root, 'runs'))
    const model = await readFile(join(workbench.root, 'runs', run, 'model.onnx'))
    await dropFiles(page, { 'letters.onnx': model })
    await page.getByRole('heading', { name: 'letters', exact: true }).waitFor(LATER)
    await expect.poll(() => countOf('structured'), LATER).toBe(structured)
  })

  it('have reasons, without a birth to compare with', async () => {
    await wall().focus()
    await page.keyboard.press('Home')
    await pane().getByRole('heading', { name: 'Why filter 0 is called that' }).waitFor(SOON)
    await pane()
      .getByRole('img', { name: /^Smoothness: / })
      .waitFor(SOON)
    expect(await pane().getByText('Rotation 1 − cos').count()).toBe(0)
    expect(await pane().getByRole('heading', { name: 'History' }).count()).toBe(0)
  })

  it('did all that without an error in the page', () => {
    expect(workbench.faults).toEqual([])
  })
})
