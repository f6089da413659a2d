import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { createClient } from '../../engine/protocol/client.ts'
import { openSocketChannel } from '../../engine/protocol/socket-channel.ts'
import { openRunFolder } from '../../engine/runs/run-folder.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { dropFiles } from './drop-files.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 60_000 }
const program = join(import.meta.dirname, '../../out/main/filterscope.js')

let workbench: OpenedWorkbench
let page: Page
/** A model trained on the sample from the command line, as anybody could bring one. */
let model: Buffer
/** What the window's export of the run brought to the person's downloads. */
let exported: Buffer

beforeAll(async () => {
  workbench = await openWorkbench({ colorScheme: 'light', acceptDownloads: true })
  page = workbench.page
  const out = join(workbench.root, 'before')
  const parameters = ['train', '--data', 'xo', '--arch', 'small', '--epochs', '1', '--device', 'cpu', '--out', out]
  await promisify(execFile)(process.execPath, [program, ...parameters])
  model = await readFile(join(out, 'model.onnx'))
  await page.getByRole('group', { name: 'Pictures of the data set' }).waitFor(LATER)
})

afterAll(() => workbench?.close())

const graph = () => page.getByRole('application', { name: /^Graph of/ })
const box = (title: string | RegExp) => graph().locator('.vue-flow__node').filter({ hasText: title })
/** One that is no frame: the middle of a frame lies under what is in it. */
const innerBox = (title: string | RegExp) => box(title).filter({ has: page.locator('.box:not(.open)') })
const wall = (layer: string) => page.getByRole('listbox', { name: new RegExp(`^Filters of ${layer},`) })
const form = (name: string) => page.getByRole('group', { name: 'Shown as' }).getByRole('button', { name })
const network = (name: string) => page.getByRole('group', { name: 'Network' }).getByRole('button', { name })
const trainButton = () => page.getByRole('button', { name: 'Train this model' })

/** The norm of the selected filter, as the wall says it. */
const norm = () =>
  page
    .getByText(/^norm [\d.]+$/)
    .first()
    .innerText()

/** The probabilities that the engine itself gives for the first test picture of a run. */
async function probabilitiesOf(runId: string): Promise<readonly number[]> {
  const address = new URL(workbench.url)
  const socket = `ws://${address.host}/channel${address.search}`
  const client = createClient(() => openSocketChannel(new WebSocket(socket)))
  try {
    const picture = { kind: 'sample', split: 'test', index: 0 } as const
    return (await client.request('runs.classify', { runId, picture })).probabilities
  } finally {
    client.close()
  }
}

/** Those that a file gives for the same picture, fed as it is, in plain ONNX Runtime. */
async function probabilitiesByFile(file: Uint8Array, runFolder: string): Promise<readonly number[]> {
  const { settings } = await openRunFolder(runFolder)
  const dataset = await openDataset(settings.data)
  const { splits, summary } = dataset
  const pixels = new Uint8Array(splits.test.pictureBytes)
  await splits.test.read([0], pixels)
  await dataset.close()
  const session = await createSession(file, { provider: 'cpu', threads: 1 })
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]]
  const { height, width } = summary.image
  const results = await session.run({ [input]: float32Tensor([1, 1, height, width], Float32Array.from(pixels)) })
  await session.release()
  const powers = [...((results[output] as Tensor).data as Float32Array)].map(Math.exp)
  return powers.map((power) => power / powers.reduce((sum, other) => sum + other, 0))
}

describe('a model file', () => {
  it('opens where it is dropped, with its graph and the filters of its first layer', async () => {
    await dropFiles(page, { 'trained.onnx': model, 'classes.txt': Buffer.from('X\nO\n') })
    await box(/Conv · Relu.*7×7, 8/).waitFor(LATER)
    await wall('conv1').waitFor(SOON)
    await page.getByRole('heading', { name: 'trained', exact: true }).waitFor()
    expect(await graph().getByText('batch×8×').count()).toBeGreaterThan(0)
  })

  it('leads from a node to its filters', async () => {
    await page.getByRole('button', { name: 'Show the whole graph' }).click()
    await innerBox(/conv2/).first().click()
    await wall('conv2').waitFor(SOON)
    await page.getByText('selected node').waitFor()
  })

  it('is walked through along its edges by keyboard', async () => {
    await graph().focus()
    await page.keyboard.press('Home')
    const spoken = graph().locator('[aria-live]')
    await expect.poll(() => spoken.innerText()).toMatch(/^Input/)
    const visited: string[] = []
    for (let step = 0; step < 12; step++) {
      await page.keyboard.press('ArrowDown')
      visited.push((await spoken.innerText()).split(',')[0] ?? '')
    }
    expect(visited.at(-1)).toMatch(/^Output/)
    expect(visited.join()).toContain('MaxPool')
    await page.keyboard.press('Escape')
    await expect.poll(() => spoken.innerText()).toBe('No node selected')
  })

  it('is searched by layer and operator', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('gemm')
    await page.getByText('1 found').waitFor()
    await page.keyboard.press('Enter')
    await wall('fc1').waitFor(SOON)
    await page.keyboard.press('Escape')
  })

  it('lists its layers with what they come to', async () => {
    await form('Table').click()
    const row = page.getByRole('row', { name: /^conv1/ })
    await expect.poll(() => row.innerText()).toMatch(/8×1×7×7[\s\S]*7·7·1·8 \+ 8/)
    await page.getByRole('row', { name: /^conv2/ }).click()
    await wall('conv2').waitFor(SOON)
    await form('Graph').click()
    await box(/conv1/).first().waitFor(SOON)
  })

  it('is saved as a picture that holds every node', async () => {
    for (const [form, check] of [
      ['SVG', (bytes: Buffer) => /^<svg[\s\S]*conv1[\s\S]*Gemm[\s\S]*<\/svg>/.test(bytes.toString())],
      ['PNG', (bytes: Buffer) => bytes.subarray(1, 4).toString() === 'PNG' && bytes.length > 5000],
    ] as const) {
      await page.getByRole('button', { name: 'Save the graph as a picture' }).click()
      const download = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: `Save the graph as ${form}` }).click()
      const path = await (await download).path()
      expect(check(await readFile(path))).toBe(true)
    }
  })

  it('is told in one sentence why a file is no model, and goes back to the one before', async () => {
    await dropFiles(page, { 'broken.onnx': Buffer.from('this is no model') })
    const alert = page.getByRole('alert').filter({ hasText: 'This model cannot be opened' })
    await alert.waitFor(SOON)
    expect(await alert.innerText()).toContain('The file is not an ONNX model')
    await alert.getByRole('button', { name: 'Back to the model before' }).click()
    await box(/conv1/).first().waitFor(SOON)
  })

  it('gives way to the list of layers and comes back', async () => {
    await network('Layers').click()
    await page.getByRole('region', { name: 'Network' }).waitFor()
    await network('Model file').click()
    await box(/conv1/).first().waitFor(SOON)
  })

  it('knows from the file how its pictures are prepared, and keeps a last layer with as many classes', async () => {
    await expect.poll(() => page.getByRole('combobox', { name: 'Prepared as' }).innerText()).toBe('0 to 255')
    await page.getByText('As the file says.').waitFor()
    await page.getByText('fc1 goes on as it is, with its 2 classes.').waitFor()
    await expect.poll(() => trainButton().isEnabled(), SOON).toBe(true)
  })

  it('shows which filters respond to the pictures before anything is trained', async () => {
    await page.getByRole('button', { name: 'Show them to the model' }).click()
    const layers = page.getByRole('list', { name: 'Responding filters of each layer' })
    await layers.waitFor(LATER)
    await page.getByText(/^\d+ of \d+ filters respond to 256 of 1,530 training pictures\.$/).waitFor()
    await layers.getByRole('button', { name: /^conv1: [1-8] of 8 filters respond, measured behind Relu$/ }).waitFor()
    await layers.getByRole('button', { name: /^conv2: / }).click()
    await wall('conv2').waitFor(SOON)
    await expect.poll(() => page.getByRole('combobox', { name: 'Sort' }).innerText()).toBe('By response')
    await wall('conv2').focus()
    await page.keyboard.press('Home')
    await page.getByText(/^responds to \d+% of the pictures$/).waitFor()
    // It has been trained on these very letters.
    const taken = page.getByRole('definition').filter({ hasText: /^(X|O) \d+%/ })
    const letters = (await taken.allInnerTexts()).map((words) => words.slice(0, 2))
    expect(letters).toEqual(['X ', 'O '])
    await page.getByRole('combobox', { name: 'Sort' }).click()
    await page.getByRole('option', { name: 'By index' }).click()
  })

  it('takes names for its classes, as many as it tells apart', async () => {
    await page.getByRole('button', { name: 'Edit the names' }).click()
    const names = page.getByLabel('Names of the classes, one a line')
    expect(await names.inputValue()).toBe('X\nO')
    await names.fill('cross')
    await page.getByRole('button', { name: 'Use these names' }).click()
    await page.getByText('The list has 1 name and the model tells 2 classes apart; ', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await dropFiles(page, { 'names.txt': Buffer.from('cross\n\nnought\n') })
    await page.getByText('As you named them: cross, nought.').waitFor(SOON)
    await page
      .getByRole('definition')
      .filter({ hasText: /^cross \d+%/ })
      .waitFor()
    await page.getByRole('button', { name: 'Forget these names' }).click()
    await page.getByText('As the file says: X, O.').waitFor()
  })

  it('says what is missing where it cannot be trained', async () => {
    await page.getByRole('button', { name: 'Only the last' }).click()
    await page.getByText('1 of 3 layers,', { exact: false }).waitFor()
    await page.getByRole('checkbox', { name: 'fc1 learns' }).click()
    await page.getByText('Every layer is frozen; let at least one learn.').waitFor()
    expect(await trainButton().isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'All layers' }).click()
    await expect.poll(() => trainButton().isEnabled(), SOON).toBe(true)
  })

  it('is trained further: its filters are the birth of the run', async () => {
    await innerBox(/conv1/).first().click()
    await wall('conv1').waitFor(SOON)
    await wall('conv1').focus()
    await page.keyboard.press('Home')
    const inFile = await norm()
    const epochs = page.getByLabel('Epochs', { exact: true })
    await epochs.fill('2')
    await epochs.press('Tab')
    await trainButton().click()
    await expect.poll(() => page.locator('.phase[role="status"]').innerText(), LATER).toBe('Finished')
    await page.getByRole('button', { name: 'Go to the birth' }).click()
    await wall('conv1').focus()
    await page.keyboard.press('Home')
    await expect.poll(norm, SOON).toBe(inFile)
    await page.getByText('moved 0', { exact: true }).waitFor(SOON)
    await page.getByRole('button', { name: 'Newest' }).click()
    await expect.poll(() => page.getByText(/^moved 0\.\d+/).count(), SOON).toBeGreaterThan(0)
  })

  it('is exported through the dialog, as the newest network', async () => {
    await page.keyboard.press('Control+Shift+e')
    const dialog = page.getByRole('dialog', { name: 'Export trained' })
    expect(await dialog.getByRole('radio', { name: /^Newest/ }).isChecked()).toBe(true)
    await dialog.getByRole('radio', { name: /^As it was born/ }).waitFor()
    expect(await dialog.getByRole('checkbox', { name: /^Network/ }).isChecked()).toBe(true)
    await dialog.getByRole('checkbox', { name: /^Curves/ }).check()
    await dialog.getByLabel('Name').fill('tuned')
    const downloads = new Map<string, Buffer>()
    const both = new Promise<void>((resolve, reject) => {
      page.on('download', (download) => {
        const keep = async () => {
          downloads.set(download.suggestedFilename(), await readFile(await download.path()))
          if (downloads.size === 2) resolve()
        }
        keep().catch(reject)
      })
    })
    await dialog.getByRole('button', { name: 'Download', exact: true }).click()
    await dialog.getByText('Ready; the downloads have begun.', { exact: false }).waitFor(LATER)
    await both
    expect(downloads.get('tuned.csv')?.toString()).toMatch(/^step,epoch,split,loss,accuracy,learning_rate\n1,1,train,/)
    exported = downloads.get('tuned.onnx') ?? Buffer.alloc(0)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('gives the same answers in any other program', async () => {
    const [runId = ''] = await readdir(join(workbench.root, 'runs'))
    const own = await probabilitiesOf(runId)
    const byFile = await probabilitiesByFile(exported, join(workbench.root, 'runs', runId))
    for (const [index, probability] of own.entries()) expect(byFile[index]).toBeCloseTo(probability, 5)
    // Not the file that was dropped: it has learnt.
    const before = await probabilitiesByFile(model, join(workbench.root, 'runs', runId))
    expect(Math.abs((before[0] ?? NaN) - (own[0] ?? NaN))).toBeGreaterThan(1e-5)
  })

  it('is opened again as it was exported, where that is dropped', async () => {
    await wall('conv1').focus()
    await page.keyboard.press('Home')
    const trained = await norm()
    await dropFiles(page, { 'tuned.onnx': exported })
    await page.getByRole('heading', { name: 'tuned', exact: true }).waitFor(LATER)
    await page.getByText('As the file says: X, O.').waitFor()
    await innerBox(/conv1/).first().click()
    await wall('conv1').focus()
    await page.keyboard.press('Home')
    await expect.poll(norm, SOON).toBe(trained)
  })

  it('is opened again as the run wrote it, through the picker', async () => {
    const [run = ''] = await readdir(join(workbench.root, 'runs'))
    await page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: 'Model' }).click()
    await page.keyboard.press('Control+o')
    const dialog = page.getByRole('dialog', { name: 'Open a model' })
    for (const entry of ['runs', run, 'model.onnx']) {
      await dialog.getByRole('button', { name: new RegExp(`^${entry}`) }).click()
    }
    await page.getByRole('heading', { name: 'model', exact: true }).waitFor(SOON)
    await wall('conv1').waitFor(SOON)
    await page.getByText('As the file says: X, O.').waitFor()
  })

  it('did all that without an error in the page', () => {
    expect(workbench.faults).toEqual([])
  })
})
