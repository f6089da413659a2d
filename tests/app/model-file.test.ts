import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { serveWorkbench, type ServedWorkbench } from './served-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 60_000 }
const program = join(import.meta.dirname, '../../out/main/filterscope.js')

let workbench: ServedWorkbench
let browser: Browser
let page: Page
/** A model trained on the sample from the command line, as anybody could bring one. */
let model: Buffer
const faults: string[] = []

beforeAll(async () => {
  workbench = await serveWorkbench()
  const out = join(workbench.root, 'before')
  const parameters = ['train', '--data', 'xo', '--arch', 'small', '--epochs', '1', '--device', 'cpu', '--out', out]
  await promisify(execFile)(process.execPath, [program, ...parameters])
  model = await readFile(join(out, 'model.onnx'))
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', acceptDownloads: true })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.goto(workbench.url)
  await page.getByRole('group', { name: 'Pictures of the data set' }).waitFor(LATER)
})

afterAll(async () => {
  await browser?.close()
  await workbench?.stop()
})

async function drop(files: Readonly<Record<string, Buffer>>): Promise<void> {
  const contents = Object.entries(files).map(([name, bytes]) => [name, bytes.toString('base64')] as const)
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer()
    for (const [name, base64] of dropped) {
      data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name))
    }
    return data
  }, contents)
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
}

const graph = () => page.getByRole('application', { name: /^Graph of/ })
const box = (title: string | RegExp) => graph().locator('.vue-flow__node').filter({ hasText: title })
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

describe('a model file', () => {
  it('opens where it is dropped, with its graph and the filters of its first layer', async () => {
    await drop({ 'trained.onnx': model, 'classes.txt': Buffer.from('X\nO\n') })
    await box(/Conv · Relu.*7×7, 8/).waitFor(LATER)
    await wall('conv1').waitFor(SOON)
    await page.getByRole('heading', { name: 'trained', exact: true }).waitFor()
    expect(await graph().getByText('batch×8×').count()).toBeGreaterThan(0)
  })

  it('leads from a node to its filters', async () => {
    // Only what is in view is in the document.
    await page.getByRole('button', { name: 'Show the whole graph' }).click()
    await box(/conv2/).last().click()
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
    await drop({ 'broken.onnx': Buffer.from('this is no model') })
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
    await box(/conv1/).first().click()
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
    await page.getByText('Classes of the file: X, O.').waitFor()
  })

  it('did all that without an error in the page', () => {
    expect(faults).toEqual([])
  })
})
