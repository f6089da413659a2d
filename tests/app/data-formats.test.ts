import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTarGzip } from 'nanotar'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formatNpyHeader } from '../../engine/numpy/npy-header.ts'
import { dropFiles } from './drop-files.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'
import { picturePng } from './picture-files.ts'

const LATER = { timeout: 20_000 }

let workbench: OpenedWorkbench
let page: Page
let cache: string
let before: string | undefined

beforeAll(async () => {
  // What archives are unpacked to must not go to the user's own cache.
  before = process.env.XDG_CACHE_HOME
  cache = await mkdtemp(join(tmpdir(), 'filterscope-cache-'))
  process.env.XDG_CACHE_HOME = cache
  workbench = await openWorkbench({ colorScheme: 'light' })
  page = workbench.page
})

afterAll(async () => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
  await workbench?.close()
  await rm(cache, { recursive: true, force: true })
})

const properties = () => page.getByRole('region', { name: 'Properties' })
const trainButton = () => page.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' })

it('opens a dropped archive of class folders', async () => {
  const entries: { name: string; data: Uint8Array }[] = []
  for (const [index, name] of ['lower', 'upper'].entries()) {
    for (let number = 0; number < 10; number++) {
      entries.push({ name: `halves/${name}/${number}.png`, data: await picturePng(120 + number, index === 0) })
    }
  }
  await dropFiles(page, { 'halves.tar.gz': await createTarGzip(entries) })
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
  await dropFiles(page, { 'images.npy': images, 'labels.npy': labels })
  await properties().getByText('float32, -1 to 1').waitFor(LATER)
})

it('shows dropped pictures without labels, says what can be done with them, and trains nothing on them', async () => {
  const files: Record<string, Uint8Array> = {}
  for (let number = 0; number < 6; number++) files[`${number}.png`] = await picturePng(120 + 20 * number, true)
  await dropFiles(page, files)
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
  expect(workbench.faults).toEqual([])
})
