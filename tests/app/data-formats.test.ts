import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTarGzip } from 'nanotar'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formatNpyHeader } from '../../engine/numpy/npy-header.ts'
import { launchBrowser } from './browser.ts'
import { picturePng } from './picture-files.ts'
import { serveWorkbench, type ServedWorkbench } from './served-workbench.ts'

const LATER = { timeout: 20_000 }

let workbench: ServedWorkbench
let browser: Browser
let page: Page
let cache: string
let before: string | undefined
const faults: string[] = []

beforeAll(async () => {
  // What archives are unpacked to must not go to the user's own cache.
  before = process.env.XDG_CACHE_HOME
  cache = await mkdtemp(join(tmpdir(), 'filterscope-cache-'))
  process.env.XDG_CACHE_HOME = cache
  workbench = await serveWorkbench()
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.goto(workbench.url)
})

afterAll(async () => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
  await browser?.close()
  await workbench?.stop()
  await rm(cache, { recursive: true, force: true })
})

async function drop(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const transfer = await page.evaluateHandle(
    (dropped) => {
      const data = new DataTransfer()
      for (const [name, bytes] of dropped) data.items.add(new File([new Uint8Array(bytes)], name))
      return data
    },
    Object.entries(files).map(([name, bytes]) => [name, [...bytes]] as const),
  )
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
}

const properties = () => page.getByRole('region', { name: 'Properties' })
const trainButton = () => page.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' })

it('opens a dropped archive of class folders', async () => {
  const entries: { name: string; data: Uint8Array }[] = []
  for (const [index, name] of ['lower', 'upper'].entries()) {
    for (let number = 0; number < 10; number++) {
      entries.push({ name: `halves/${name}/${number}.png`, data: await picturePng(120 + number, index === 0) })
    }
  }
  await drop({ 'halves.tar.gz': await createTarGzip(entries) })
  await properties().getByText('2 classes, 20 pictures').waitFor(LATER)
  await properties().getByRole('button', { name: /lower/ }).waitFor()
  await expect.poll(() => trainButton().isEnabled(), LATER).toBe(true)
})

it('opens dropped arrays and says how their values became pixels', async () => {
  const values = new Float32Array(20 * 28 * 28).map((_, index) => Math.sin(index))
  const type = { kind: 'f', itemBytes: 4, littleEndian: true } as const
  const images = Buffer.concat([
    formatNpyHeader({ type, fortranOrder: false, shape: [20, 28, 28] }),
    Buffer.from(values.buffer),
  ])
  const labels = Buffer.concat([
    formatNpyHeader({ type: { ...type, kind: 'u', itemBytes: 1 }, fortranOrder: false, shape: [20] }),
    Uint8Array.from({ length: 20 }, (_, index) => index % 2),
  ])
  await drop({ 'images.npy': images, 'labels.npy': labels })
  await properties().getByText('float32, -1 to 1').waitFor(LATER)
})

it('shows dropped pictures without labels, says what can be done with them, and trains nothing on them', async () => {
  const files: Record<string, Uint8Array> = {}
  for (let number = 0; number < 6; number++) files[`${number}.png`] = await picturePng(120 + 20 * number, true)
  await drop(files)
  await properties().getByRole('heading', { name: 'No labels' }).waitFor(LATER)
  await properties().getByText('6 pictures', { exact: true }).waitFor()
  await properties()
    .getByText(/To train on them, put the pictures of each class into a folder/)
    .waitFor()
  const wall = page.getByRole('group', { name: 'Pictures of the data set' })
  await wall.waitFor()
  expect(await trainButton().isDisabled()).toBe(true)
  expect(await page.getByText('Validation share').count()).toBe(0)
  const box = (await wall.boundingBox()) as NonNullable<Awaited<ReturnType<typeof wall.boundingBox>>>
  await page.mouse.click(box.x + 30, box.y + 30)
  await properties().getByRole('heading', { name: 'Picture 1' }).waitFor()
  expect(faults).toEqual([])
})
