import { fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../app/browser.ts'
import { resNet50File } from '../engine/resnet50.ts'
import { smallClassifier } from '../engine/small-classifier.ts'
import { callInspector } from '../server/fixtures/call-inspector.ts'
import { type TestServer, startTestServer } from '../server/fixtures/test-server.ts'
import { type BenchRow, median } from './bench-row.ts'
import { watchMemory } from './peak-memory.ts'

const rounds = 5
const budgetMs = 1500
const budgetShare = 3

/**
 * A file of ResNet-50's size: from the drop on a window to its first filters, and from its path to them; and the memory
 * of the process that reads it, in shares of the file.
 */
export async function measureModelOpen(programFolder: string): Promise<BenchRow[]> {
  const bytes = resNet50File()
  const rows = await measureTimes(programFolder, bytes)
  const share = await measureMemory(programFolder, bytes)
  if (share === undefined) return rows
  const memory = { name: 'model-open-memory', value: share, unit: 'files', peer: 'budget', peerValue: budgetShare }
  return [...rows, { ...memory, ratio: budgetShare / share }]
}

async function measureTimes(programFolder: string, bytes: Uint8Array): Promise<BenchRow[]> {
  const server = await startTestServer(programFolder, { staticFolder: join(programFolder, '../renderer') })
  const browser = await launchBrowser()
  try {
    const byPath: number[] = []
    const dropped: number[] = []
    for (let round = 0; round < rounds; round++) {
      const path = join(server.root, `model-${round}.onnx`)
      await writeFile(path, bytes)
      byPath.push(await msByPath(server, path))
      dropped.push(await msFromDrop(server, browser, path))
    }
    return [rowOf('model-open-dropped', dropped), rowOf('model-open-by-path', byPath)]
  } finally {
    await browser.close()
    await server.close()
  }
}

function rowOf(name: string, times: readonly number[]): BenchRow {
  const value = median(times)
  return { name, value, unit: 'ms', peer: 'budget', peerValue: budgetMs, ratio: budgetMs / value }
}

/** Until a client of the engine has the first layer's filters: as in the application, which need not upload a file. */
async function msByPath(server: TestServer, path: string): Promise<number> {
  const client = server.connect()
  const start = performance.now()
  const { layers } = await client.request('models.open', { path })
  await client.request('models.filters', { path, layer: layers[0]?.name ?? '' })
  const ms = performance.now() - start
  client.close()
  return ms
}

/** Until the window has drawn the first layer's filters, after a file of the disk was dropped on it and uploaded. */
async function msFromDrop(server: TestServer, browser: Browser, path: string): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  try {
    const { port, token } = server.server
    await page.goto(`http://127.0.0.1:${port}/?token=${token}`)
    await page.getByRole('group', { name: 'Pictures of the data set' }).waitFor()
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { type: 'file' })))
    // Only a file of an input is read from the disk, as a dropped one is; others come from the page's memory.
    await page.locator('body > input[type=file]').setInputFiles(path)
    return await page.evaluate(dropAndWait)
  } finally {
    await page.close()
  }
}

/** Runs in the page: milliseconds from the drop to the frame that shows the filters. */
function dropAndWait(): Promise<number> {
  const input = document.querySelector<HTMLInputElement>('body > input[type=file]')
  const [file] = input?.files ?? []
  if (!file) throw new Error('The page holds no file to drop.')
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(file)
  const start = performance.now()
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  return new Promise((resolve) => {
    const look = (): void => {
      const isShown = document.querySelector('[role=listbox][aria-label^="Filters of conv1,"]')
      if (isShown) requestAnimationFrame(() => resolve(performance.now() - start))
      else requestAnimationFrame(look)
    }
    look()
  })
}

/** Undefined where the system does not tell. */
async function measureMemory(programFolder: string, bytes: Uint8Array): Promise<number | undefined> {
  const server = await startTestServer(programFolder)
  const inspector = fork(join(programFolder, 'inspector.js'), { serialization: 'advanced' })
  try {
    const [small, large] = ['small.onnx', 'large.onnx'].map((name) => join(server.root, name)) as [string, string]
    await writeFile(small, smallClassifier())
    await writeFile(large, bytes)
    await callInspector(inspector, 'models.open', { path: small })
    const memory = watchMemory(inspector.pid ?? 0)
    const before = memory.peakBytes()
    await callInspector(inspector, 'models.open', { path: large })
    await callInspector(inspector, 'models.filters', { path: large, layer: 'conv1' })
    const after = memory.peakBytes()
    memory.stop()
    return before === undefined || after === undefined ? undefined : (after - before) / bytes.length
  } finally {
    inspector.kill()
    await server.close()
  }
}
