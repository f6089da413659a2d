import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WallLayout } from '../../renderer/drawing/wall-layout.ts'
import { arrangeWall } from '../../renderer/workspaces/train/wall-arrangement.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const FILTERS = 8
const KERNEL = 7
/** More than are ever trained here: the run is stopped. */
const EPOCHS = 1000
const SOON = { timeout: 15_000 }
const LATER = { timeout: 60_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench()
  page = workbench.page
})

afterAll(() => workbench?.close())

const wallCanvas = () =>
  page
    .getByRole('region', { name: /^Filters of conv1/ })
    .locator('canvas')
    .first()

/** Where the tiles of the wall lie: worked out with its own arithmetic from the size of the canvas alone. */
async function layoutOfWall(): Promise<WallLayout> {
  const size = await wallCanvas().evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement
    return { width, height }
  })
  const subject = { count: FILTERS, channels: 1, kernelWidth: KERNEL, kernelHeight: KERNEL, showsBirth: true }
  return arrangeWall({ ...subject, smallest: 48, zoom: 1, opened: new Set() }, { ...size, density: 1 })
}

interface Kernels {
  readonly now: readonly string[]
  readonly birth: readonly string[]
}

/** Colours on the screen in the middle of every weight of every filter, as it is now and as it was at birth. */
async function readKernels(): Promise<Kernels> {
  const layout = await layoutOfWall()
  const points: [x: number, y: number][] = []
  for (const place of layout.tilesBetween(0, layout.contentHeight)) {
    for (let weight = 0; weight < KERNEL * KERNEL; weight++) {
      const x = ((weight % KERNEL) + 0.5) / KERNEL
      const y = (Math.floor(weight / KERNEL) + 0.5) / KERNEL
      const { now, birth } = layout
      points.push([place.x + x * now.width, place.y + y * now.height])
      points.push([place.x + birth.offsetX + x * birth.width, place.y + birth.offsetY + y * birth.height])
    }
  }
  const colours = await wallCanvas().evaluate((element, wanted) => {
    const canvas = element as HTMLCanvasElement
    const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
    return wanted.map(([x, y]) => {
      const at = (Math.floor(y) * canvas.width + Math.floor(x)) * 4
      return image?.data.slice(at, at + 3).join() ?? ''
    })
  }, points)
  return { now: colours.filter((_, index) => index % 2 === 0), birth: colours.filter((_, index) => index % 2 === 1) }
}

/** How many weights have another colour than at birth, as a share. */
async function shareChanged(): Promise<number> {
  const { now, birth } = await readKernels()
  return now.filter((colour, index) => colour !== birth[index]).length / now.length
}

const fact = (name: string) =>
  page.locator('header[aria-label="State of the run"] .fact').filter({ hasText: name }).locator('dd')

async function stepsDone(): Promise<number> {
  const shown = await fact('step').first().innerText()
  return Number(shown.split(' of ')[0]?.replace(/\D/g, ''))
}

async function percent(name: string): Promise<number> {
  return Number.parseFloat(await fact(name).first().innerText())
}

const phase = () => page.locator('header[aria-label="State of the run"] [role="status"]')

describe('training in the served workbench', () => {
  it('opens with the X or O sample and takes it when it is picked', async () => {
    const sample = page.getByRole('button', { name: /X or O/ }).first()
    await sample.click()
    await expect.poll(() => sample.getAttribute('aria-pressed')).toBe('true')
    await page.getByText('2,000').first().waitFor()
  })

  it('trains with one click from the empty Train workspace', async () => {
    await page.getByText('Model', { exact: true }).first().click()
    const epochs = page.getByLabel('Epochs', { exact: true })
    await epochs.fill(String(EPOCHS))
    await epochs.press('Tab')
    await page.getByText('Train', { exact: true }).first().click()
    await page.getByText('Nothing trained yet').waitFor()
    await page.getByRole('main').getByRole('button', { name: 'Train' }).click()
    await wallCanvas().waitFor(LATER)
    await expect.poll(stepsDone, LATER).toBeGreaterThan(20)
  })

  it('changes the filters away from their birth while they learn', async () => {
    await expect.poll(shareChanged, LATER).toBeGreaterThan(0.5)
    // A wall that shows nothing would differ nowhere or everywhere; a kernel has many colours.
    const { now, birth } = await readKernels()
    expect(new Set(now).size).toBeGreaterThan(50)
    expect(new Set(birth).size).toBeGreaterThan(50)
  })

  it('raises the accuracy', async () => {
    await expect.poll(() => percent('validation'), LATER).toBeGreaterThan(90)
  })

  it('pauses: no step is trained until it is resumed', async () => {
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await expect.poll(() => phase().innerText(), SOON).toBe('Paused')
    const atPause = await stepsDone()
    await page.waitForTimeout(1000)
    expect(await stepsDone()).toBe(atPause)
  })

  it('scrubs back to the birth: every filter is then the kernel it was born as', async () => {
    await page.getByRole('button', { name: 'Go to the birth' }).click()
    await expect.poll(shareChanged, SOON).toBe(0)
    await expect.poll(() => page.getByRole('slider', { name: 'Step in view' }).inputValue()).toBe('0')
  })

  it('steps forward from the birth by keyboard and comes back to the newest weights', async () => {
    const slider = page.getByRole('slider', { name: 'Step in view' })
    await slider.focus()
    await slider.press('ArrowRight')
    await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Live' }).click()
    await expect.poll(shareChanged, SOON).toBeGreaterThan(0.5)
  })

  it('reads a weight under the pointer and shows the clicked filter large beside its birth', async () => {
    const layout = await layoutOfWall()
    const bounds = layout.boundsOf(2)
    const box = await wallCanvas().boundingBox()
    if (!box) throw new Error('The wall has no place on the page.')
    await page.mouse.move(box.x + bounds.x + 5, box.y + bounds.y + 5)
    await page.getByText('row 0, column 0').waitFor()
    await page.mouse.click(box.x + bounds.x + 5, box.y + bounds.y + 5)
    await page.getByRole('heading', { name: 'Filter 2' }).waitFor()
    await page.getByRole('listbox', { name: /^Filters of conv1/ }).press('ArrowRight')
    await page.getByRole('heading', { name: 'Filter 3' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('No filter selected').waitFor()
  })

  it('shows what another layer makes of the picture', async () => {
    await page.keyboard.press(']')
    await page.getByRole('listbox', { name: /^Filters of conv2/ }).waitFor()
    await page.getByRole('listbox', { name: /^Activation maps of conv2/ }).waitFor()
    await page.keyboard.press('[')
    await wallCanvas().waitFor()
  })

  it('changes the learning rate of the steps to come and marks it on the timeline', async () => {
    await page.getByRole('button', { name: /learning rate/ }).click()
    await page.getByLabel('New learning rate').fill('0.0005')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByTitle('Learning rate set to 0.0005').waitFor(SOON)
    await page.getByRole('button', { name: /learning rate 0\.0005/ }).waitFor(SOON)
  })

  it('resumes and stops, with everything kept', async () => {
    const atPause = await stepsDone()
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(stepsDone, LATER).toBeGreaterThan(atPause)
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect.poll(() => phase().innerText(), LATER).toBe('Stopped')
    await expect.poll(() => percent('test'), LATER).toBeGreaterThan(90)
    await wallCanvas().waitFor()
  })

  it('did all that without an error in the page', () => {
    expect(workbench.faults).toEqual([])
  })
})
