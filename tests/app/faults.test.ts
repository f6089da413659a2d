import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { launchBrowser } from './browser.ts'
import { areRunning, engineProcesses } from './engine-processes.ts'
import { writePictureFolder } from './picture-files.ts'
import { serveWorkbench, type ServedWorkbench } from './served-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }
/** Long enough to be struck in the middle, wherever a slow window notices late how far the run is. */
const EPOCHS = 14

let workbench: ServedWorkbench
let browser: Browser
let windows: Page[] = []
let faults: string[] = []

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

// Each fault strikes a workbench of its own: none is to suffer from another.
beforeEach(async () => {
  workbench = await serveWorkbench()
})
afterEach(async () => {
  for (const page of windows) await page.context().close()
  windows = []
  await workbench.stop()
  const seen = faults
  faults = []
  expect(seen, 'exceptions in a window').toEqual([])
})

/** A window with settings of its own. */
async function openWindow(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  windows.push(page)
  await page.goto(workbench.url)
  return page
}

const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name })
const controls = (page: Page) => page.getByRole('group', { name: 'Training' })
const trainButton = (page: Page) => controls(page).getByRole('button', { name: 'Train' })
const stateLine = (page: Page) => page.locator('header[aria-label="State of the run"]')
const phase = (page: Page) => stateLine(page).getByRole('status').innerText()
const trouble = (page: Page) => page.getByRole('main').getByRole('alert')
const wall = (page: Page) =>
  page
    .getByRole('region', { name: /^Filters of conv1/ })
    .locator('canvas')
    .first()
const maps = (page: Page) => page.getByRole('listbox', { name: /^Activation maps of/ })

async function stepsDone(page: Page): Promise<number> {
  const shown = await stateLine(page).locator('.fact').filter({ hasText: 'step' }).locator('dd').first().innerText()
  return Number(shown.split(' of ')[0]?.replace(/\D/g, ''))
}

/** Epochs of which the curves hold a validation loss. */
async function epochsInCurves(page: Page): Promise<number[]> {
  const rows = await page.getByRole('table', { name: 'Values by epoch' }).getByRole('row').allInnerTexts()
  return rows.flatMap((row) => {
    const [epoch, , validationLoss] = row.trim().split(/\s+/)
    return validationLoss !== undefined && /^\d/.test(validationLoss) ? [Number(epoch)] : []
  })
}

/** How many colours a canvas shows: an empty one has hardly any. */
async function coloursOf(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
    return new Set(new Uint32Array(data.buffer)).size
  })
}

const picturesOf = (canvas: Locator) => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL())

interface RunWishes {
  readonly epochs: number
  readonly learningRate?: number
  /** Plain gradient descent on the mean squared error, which a large learning rate blows up at once. */
  readonly isFragile?: boolean
}

/** Trains what is open, from the Model workspace, waits for the first weights, and tells how many steps an epoch has. */
async function train(page: Page, { epochs, learningRate, isFragile }: RunWishes): Promise<number> {
  await tab(page, 'Model').click()
  await page.getByLabel('Epochs', { exact: true }).fill(String(epochs))
  if (isFragile) {
    await page.getByRole('button', { name: 'SGD', exact: true }).click()
    await page.getByRole('button', { name: 'Cosine', exact: true }).click()
    await page.getByLabel('Batch size', { exact: true }).fill('64')
    await page.getByRole('combobox', { name: 'Loss' }).click()
    await page.getByRole('option', { name: 'Mean squared error' }).click()
  }
  if (learningRate !== undefined) {
    await page.getByRole('textbox', { name: 'Learning rate' }).fill(String(learningRate))
  }
  await expect.poll(() => trainButton(page).isEnabled(), LATER).toBe(true)
  const announced = await page.getByText(/ steps an epoch, /).innerText()
  await page.keyboard.press('Control+Enter')
  await stateLine(page).waitFor(SOON)
  return Number(announced.split(' ')[0]?.replace(/\D/g, ''))
}

/** The log of the only run, as its folder holds it. */
async function logOfRun(): Promise<RunLogEntry[]> {
  const folder = join(workbench.root, 'runs')
  const [run = ''] = await readdir(folder)
  const text = await readFile(join(folder, run, 'metrics.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunLogEntry)
}

/** The steps a log goes back to: where a run was continued. Fails where a step was never trained or has no loss. */
function stepsWentBackTo(log: readonly RunLogEntry[], total: number): { at: number; from: number }[] {
  const jumps: { at: number; from: number }[] = []
  let at = 0
  for (const entry of log) {
    if (entry.kind !== 'steps') continue
    const from = entry.step - entry.losses.length
    expect(from, `the steps from ${at} to ${from} are missing`).toBeLessThanOrEqual(at)
    if (from < at) jumps.push({ at, from })
    expect(entry.losses.every(Number.isFinite)).toBe(true)
    at = entry.step
  }
  expect(at).toBe(total)
  return jumps
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe.skipIf(process.platform === 'win32')('processes that die', () => {
  it('a killed trainer: the window says what happened and goes on from the last checkpoint', async () => {
    const page = await openWindow()
    const stepsPerEpoch = await train(page, { epochs: EPOCHS })
    await expect.poll(() => stepsDone(page), LATER).toBeGreaterThan(2 * stepsPerEpoch)
    const trainers = await engineProcesses(workbench.pid, 'trainer')
    expect(trainers).toHaveLength(1)
    process.kill(trainers[0] as number, 'SIGKILL')

    await expect.poll(() => phase(page), SOON).toBe('Interrupted')
    await expect
      .poll(() => trouble(page).innerText(), SOON)
      .toMatch(
        /The training process ended unexpectedly at step \d+ \(signal SIGKILL\)\. The last checkpoint is of step \d+/,
      )
    // The window is alive: other workspaces open, the weights of before can be looked at.
    await tab(page, 'Data').click()
    await page.getByText('1,530 pictures').waitFor(SOON)
    await tab(page, 'Train').click()
    await page.getByRole('button', { name: 'Go to the birth' }).click()
    await expect.poll(() => page.getByRole('slider', { name: 'Step in view' }).inputValue(), SOON).toBe('0')
    expect(await coloursOf(wall(page))).toBeGreaterThan(50)
    await page.getByRole('button', { name: 'Newest' }).click()

    await page.getByRole('button', { name: 'Continue from the last checkpoint' }).click()
    await expect.poll(() => phase(page), LATER).toBe('Finished')
    expect(await trouble(page).count()).toBe(0)
    expect(await stepsDone(page)).toBe(EPOCHS * stepsPerEpoch)
    expect(await epochsInCurves(page)).toEqual(range(EPOCHS))
    const jumps = stepsWentBackTo(await logOfRun(), EPOCHS * stepsPerEpoch)
    expect(jumps.length).toBeLessThanOrEqual(1)
    for (const { at, from } of jumps) expect(at - from).toBeLessThanOrEqual(stepsPerEpoch)
  })

  it('a killed engine: the window waits, connects again by itself, and the run goes on', async () => {
    const page = await openWindow()
    const stepsPerEpoch = await train(page, { epochs: EPOCHS })
    await expect.poll(() => stepsDone(page), LATER).toBeGreaterThan(2 * stepsPerEpoch)
    await wall(page).waitFor()
    const childrenOf = async (kind: 'trainer' | 'inspector') => engineProcesses(workbench.pid, kind)
    await expect.poll(() => childrenOf('inspector'), LATER).not.toEqual([])
    const children = [...(await childrenOf('trainer')), ...(await childrenOf('inspector'))]
    expect(children.length, 'the trainer and the inspector').toBeGreaterThanOrEqual(2)
    const seen = await stepsDone(page)
    const { url, root } = workbench
    await workbench.kill()

    await page.getByText('The line to the engine is lost.').waitFor(SOON)
    await controls(page).getByText('The engine cannot be reached now').waitFor()
    for (const name of ['Pause', 'Stop']) {
      expect(await controls(page).getByRole('button', { name }).isDisabled(), name).toBe(true)
    }
    await tab(page, 'Model').click()
    await page.getByLabel('Epochs', { exact: true }).waitFor()
    await tab(page, 'Train').click()
    expect(await coloursOf(wall(page))).toBeGreaterThan(50)
    await expect.poll(() => areRunning(children), SOON).toBe(false)

    const { port, searchParams } = new URL(url)
    workbench = await serveWorkbench({ port, token: searchParams.get('token') ?? '', root })
    await page.getByText('The line to the engine is lost.').waitFor({ state: 'hidden', ...LATER })
    await expect.poll(() => phase(page), SOON).toBe('Interrupted')
    // The sentence comes with the run's log, which may come after its phase.
    const sentence = /The engine ended at step (\d+)\. The last checkpoint is of step (\d+): continue/
    await expect.poll(() => trouble(page).innerText(), SOON).toMatch(sentence)
    const [, endedAt, checkpoint] = sentence.exec(await trouble(page).innerText()) ?? []
    expect(Number(endedAt)).toBeGreaterThanOrEqual(seen)
    expect(seen - Number(checkpoint)).toBeLessThanOrEqual(stepsPerEpoch)
    await tab(page, 'Runs').click()
    const row = page.getByRole('row').filter({ hasText: 'Interrupted' })
    await row.getByRole('button', { name: /^Continue run/ }).click()
    await tab(page, 'Train').click()
    await expect.poll(() => phase(page), LATER).toBe('Finished')
    expect(await stepsDone(page)).toBe(EPOCHS * stepsPerEpoch)
    expect(await epochsInCurves(page)).toEqual(range(EPOCHS))
    const jumps = stepsWentBackTo(await logOfRun(), EPOCHS * stepsPerEpoch)
    for (const { at, from } of jumps) expect(at - from).toBeLessThanOrEqual(stepsPerEpoch)
  })

  it('a killed inspector: maps keep coming during a run, and the next look works', async () => {
    const page = await openWindow()
    await train(page, { epochs: 1000 })
    await expect.poll(() => stepsDone(page), LATER).toBeGreaterThan(0)
    await maps(page).waitFor(LATER)
    const mapCanvas = maps(page).locator('canvas').first()
    await expect.poll(() => coloursOf(mapCanvas), LATER).toBeGreaterThan(50)
    const [first] = await engineProcesses(workbench.pid, 'inspector')
    process.kill(first as number, 'SIGKILL')
    await expect.poll(() => engineProcesses(workbench.pid, 'inspector'), LATER).not.toContain(first)
    await expect.poll(() => engineProcesses(workbench.pid, 'inspector'), LATER).toHaveLength(1)
    const before = await picturesOf(mapCanvas)
    await expect.poll(() => picturesOf(mapCanvas), LATER).not.toBe(before)

    await controls(page).getByRole('button', { name: 'Pause' }).click()
    await expect.poll(() => phase(page), LATER).toBe('Paused')
    for (const pid of await engineProcesses(workbench.pid, 'inspector')) process.kill(pid, 'SIGKILL')
    await page.getByRole('button', { name: 'Next picture' }).click()
    await page.getByText('Test 2 of 300').waitFor(SOON)
    await expect.poll(() => page.getByText(/^\d+(\.\d)?%$/).count(), LATER).toBeGreaterThanOrEqual(2)
    expect(await engineProcesses(workbench.pid, 'inspector')).toHaveLength(1)
    expect(await trouble(page).count()).toBe(0)
  })
})

describe('windows that come and go', () => {
  it('a reloaded window follows the same run with its curves and wall, and two windows show the same', async () => {
    const page = await openWindow()
    const stepsPerEpoch = await train(page, { epochs: 1000 })
    await expect.poll(() => stepsDone(page), LATER).toBeGreaterThan(3 * stepsPerEpoch)
    const before = await stepsDone(page)
    await page.reload()
    await stateLine(page).waitFor(SOON)
    await expect.poll(() => stepsDone(page), SOON).toBeGreaterThan(before)
    expect((await epochsInCurves(page)).slice(0, 3)).toEqual([1, 2, 3])
    await expect.poll(() => coloursOf(wall(page)), LATER).toBeGreaterThan(50)

    const other = await openWindow()
    await tab(other, 'Train').click()
    await expect.poll(() => coloursOf(wall(other)), LATER).toBeGreaterThan(50)
    expect((await epochsInCurves(other)).slice(0, 3)).toEqual([1, 2, 3])
    for (const window of [page, other]) {
      const [step, picture] = [await stepsDone(window), await picturesOf(wall(window))]
      await expect.poll(() => stepsDone(window), SOON).toBeGreaterThan(step)
      await expect.poll(() => picturesOf(wall(window)), SOON).not.toBe(picture)
    }
    // What one window does, the other shows.
    await controls(other).getByRole('button', { name: 'Pause' }).click()
    for (const window of [page, other]) await expect.poll(() => phase(window), LATER).toBe('Paused')
    expect(await stepsDone(page)).toBe(await stepsDone(other))
  }, 200_000)
})

describe('data that is not as it should be', () => {
  async function openFolder(page: Page, name: string): Promise<void> {
    await page.keyboard.press('Control+o')
    const dialog = page.getByRole('dialog', { name: 'Open a data folder' })
    await dialog.getByRole('button', { name }).click()
    await expect.poll(() => dialog.locator('.path').innerText(), SOON).toContain(name)
    await dialog.getByRole('button', { name: 'Open this folder' }).click()
  }

  /** The one sentence that says why nothing could be opened. */
  async function refusal(page: Page): Promise<string> {
    await trouble(page).waitFor(LATER)
    const words = await trouble(page).locator('p').allInnerTexts()
    const sentence = words.at(-1) ?? ''
    expect(sentence).toMatch(/^[^\n]+\.$/)
    expect(await trainButton(page).isDisabled()).toBe(true)
    return sentence
  }

  it('an unreadable picture among good ones is listed by its path, once, and the rest is trained on', async () => {
    const folder = join(workbench.root, 'weather')
    await writePictureFolder(folder, ['rain', 'sun'], 60)
    await writeFile(join(folder, 'sun', 'torn.png'), 'no picture at all')
    const page = await openWindow()
    await openFolder(page, 'weather')
    await page.getByText('2 classes').waitFor(LATER)
    await train(page, { epochs: 3 })
    await expect.poll(() => phase(page), LATER).toBe('Finished')
    await page.getByRole('button', { name: '1 problem', exact: true }).click()
    const problems = page.getByRole('list', { name: 'Problems' })
    expect(await problems.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining(join('sun', 'torn.png')),
    ])
  })

  it('an empty folder, a folder of one class and one that is gone say so and lead back', async () => {
    await mkdir(join(workbench.root, 'nothing'))
    await writePictureFolder(join(workbench.root, 'lonely'), ['cats'], 12)
    const page = await openWindow()
    await page.getByText('1,530 pictures').waitFor(LATER)
    await openFolder(page, 'nothing')
    expect(await refusal(page)).toContain(join(workbench.root, 'nothing'))
    await page.getByRole('button', { name: 'Back to the data before' }).click()
    await page.getByText('1,530 pictures').waitFor(LATER)

    await openFolder(page, 'lonely')
    expect(await refusal(page)).toMatch(/one class|"cats"|cats/)
    await page.getByRole('button', { name: 'Back to the data before' }).click()
    await page.getByText('1,530 pictures').waitFor(LATER)

    await writePictureFolder(join(workbench.root, 'fleeting'), ['day', 'night'], 12)
    await openFolder(page, 'fleeting')
    await page.getByRole('button', { name: /^night .* Train/ }).waitFor(LATER)
    await rm(join(workbench.root, 'fleeting'), { recursive: true })
    await page.reload()
    expect(await refusal(page)).toContain(join(workbench.root, 'fleeting'))
    await page.getByRole('button', { name: 'Open the X or O sample' }).click()
    await page.getByText('1,530 pictures').waitFor(LATER)
    // It waits for the sizes of the network on these pictures.
    await expect.poll(() => trainButton(page).isEnabled(), SOON).toBe(true)
  })
})

describe('a loss that is no number', () => {
  it('pauses with the last good weights, names the layer, and goes on at a lower learning rate', async () => {
    const page = await openWindow()
    const stepsPerEpoch = await train(page, { epochs: 3, learningRate: 100, isFragile: true })
    await expect.poll(() => phase(page), LATER).toBe('Paused')
    // Whether the loss or a weight leaves the finite numbers first depends on the step; both are told with the layer.
    await expect
      .poll(() => trouble(page).innerText(), SOON)
      .toMatch(
        /^(The loss of step \d+ is (NaN|Infinity), and|Step \d+ \(loss .+\) made the weights of) "(conv1|relu1|pool1|conv2|relu2|pool2|fc1)" .+; training is paused with the weights of/,
      )
    await wall(page).waitFor(LATER)
    await stateLine(page)
      .getByRole('button', { name: /learning rate/ })
      .click()
    await page.getByRole('textbox', { name: 'New learning rate' }).fill('0.0001')
    await page.getByRole('button', { name: 'Apply' }).click()
    await controls(page).getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => phase(page), LATER).toBe('Finished')
    expect(await stepsDone(page)).toBe(3 * stepsPerEpoch)
  })
})
