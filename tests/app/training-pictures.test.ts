import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 60_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ colorScheme: 'light' })
  page = workbench.page
  await page.getByRole('group', { name: 'Pictures of the data set' }).waitFor(LATER)
})

afterAll(() => workbench?.close())

const tab = (name: string) => page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name })
const field = (name: string) => page.getByRole('textbox', { name, exact: true })
const preview = () => page.getByRole('group', { name: 'Pictures as training sees them' })

/** The pixels of every picture of the preview: as they are, and as training sees them. */
async function pictures(): Promise<{ original: number[]; seen: number[] }[]> {
  const all = await preview()
    .locator('canvas')
    .evaluateAll((canvases) =>
      (canvases as HTMLCanvasElement[]).map((canvas) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        return Array.from({ length: canvas.width * canvas.height }, (_, pixel) => data[4 * pixel]!)
      }),
    )
  return Array.from({ length: all.length / 2 }, (_, index) => ({
    original: all[2 * index]!,
    seen: all[2 * index + 1]!,
  }))
}

describe('all pictures of a data set', () => {
  it('are shown on average, class by class, and searched for such as are in two splits', async () => {
    await page.getByRole('button', { name: 'Look at all pictures' }).click()
    await page.getByText('None of 470 validation and test pictures is in a split before it.').waitFor(SOON)
    const means = page.getByRole('group', { name: 'Training pictures on average' }).getByRole('img')
    expect(await means.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual([
      'Mean of all training pictures, pixel by pixel',
      'Standard deviation of each pixel of the training pictures',
      'Mean of the training pictures of X',
      'Mean of the training pictures of O',
    ])
    // In the very middle crosses have their strokes and circles none.
    const middles = await means.evaluateAll((all) =>
      (all as HTMLCanvasElement[]).map((one) => one.getContext('2d')!.getImageData(13, 13, 1, 1).data[0]!),
    )
    expect(middles[2]).toBeGreaterThan(2 * middles[3]!)
  })

  it('are forgotten with the data', async () => {
    await page.getByRole('radio', { name: 'Noise like the data' }).click()
    await page.getByRole('button', { name: 'Look at all pictures' }).waitFor(SOON)
    await page.getByRole('radio', { name: 'The data as it is' }).click()
  })
})

describe('how training sees its pictures', () => {
  it('shows nothing where nothing is changed', async () => {
    await tab('Model').click()
    await page.getByRole('heading', { name: 'Random changes' }).waitFor(SOON)
    expect(await preview().count()).toBe(0)
  })

  it('shows pictures beside what becomes of them: here some of them mirrored, and nothing else', async () => {
    await page.getByRole('switch', { name: 'Mirror left–right' }).click()
    await expect.poll(async () => (await pictures()).length, SOON).toBe(10)
    const mirrored = (pixels: number[]) => pixels.map((_, at) => pixels[28 * Math.floor(at / 28) + 27 - (at % 28)])
    const pairs = await pictures()
    const flips = pairs.filter(({ original, seen }) => String(seen) === String(mirrored(original)))
    const same = pairs.filter(({ original, seen }) => String(seen) === String(original))
    expect(flips.length + same.length).toBe(10)
    expect(Math.min(flips.length, same.length)).toBeGreaterThan(0)
  })

  it('draws those of other steps, and adds noise to all', async () => {
    const first = await pictures()
    await page.getByRole('button', { name: 'Another draw' }).click()
    await page.getByText('First pictures of step 2:', { exact: false }).waitFor(SOON)
    await expect.poll(async () => String((await pictures())[0]?.original), SOON).not.toBe(String(first[0]?.original))
    await field('Noise').fill('20')
    await expect
      .poll(async () => {
        const [{ original, seen } = { original: [], seen: [] }] = await pictures()
        return seen.filter((value, at) => value !== original[at]).length
      }, SOON)
      .toBeGreaterThan(300)
  })

  it('says what is too much for the pictures, and takes it back', async () => {
    await field('Shift up to').fill('20')
    await page.getByText('for pictures of 28×28 pixels allow at most 14', { exact: false }).waitFor(SOON)
    await field('Shift up to').fill('3')
    await expect.poll(async () => (await pictures()).length, SOON).toBe(10)
  })

  it('is what a run is started with', async () => {
    await page.getByRole('combobox', { name: 'Classes' }).click()
    await page.getByRole('option', { name: 'Drawn equally often' }).click()
    await field('Epochs').fill('1')
    await page.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' }).click()
    await tab('Runs').click()
    await page.getByText('Finished').waitFor(LATER)
    await page.getByText('changed at random').waitFor(LATER)
    await page.getByText('classes drawn equally').waitFor(SOON)
    const runs = join(workbench.root, 'runs')
    const [run = ''] = await readdir(runs)
    const { settings } = JSON.parse(await readFile(join(runs, run, 'settings.json'), 'utf8')) as {
      settings: { training: object }
    }
    expect(settings.training).toMatchObject({
      classBalance: 'sampling',
      augmentation: { flipHorizontal: true, flipVertical: false, shift: 3, noise: 0.2 },
    })
  })

  it('put no fault on the console', () => expect(workbench.faults).toEqual([]))
})
