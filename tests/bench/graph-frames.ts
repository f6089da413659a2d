import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../app/browser.ts'
import { serveWorkbench } from '../app/served-workbench.ts'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { float32Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'

export interface GraphFrameResult {
  readonly nodes: number
  readonly frames: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly longestMs: number
}

const blockCount = 71
const durationMs = 8000
const warmUpMs = 1000
const patience = { timeout: 60_000 }

/**
 * Frame times of the graph of a network of 500 nodes in a real Chromium at 1280×800, every block of it open, while it
 * is panned and zoomed in every frame: from as much of it as can be shown down to where its words can be read, along it,
 * and back.
 */
export async function measureGraphFrames(): Promise<GraphFrameResult> {
  const workbench = await serveWorkbench()
  const browser = await launchBrowser()
  try {
    const { bytes, nodes } = residualNetwork(blockCount)
    await writeFile(join(workbench.root, 'residual.onnx'), bytes)
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`${workbench.url}#/model`)
    await page.keyboard.press('Control+o')
    const dialog = page.getByRole('dialog', { name: 'Open a model' })
    await dialog.getByRole('button', { name: /^residual.onnx/ }).click(patience)
    await page.getByRole('application', { name: new RegExp(`${nodes} nodes`) }).waitFor(patience)
    await page.getByRole('button', { name: 'Open all blocks' }).click()
    await showAll(page, nodes)
    const times = await page.evaluate(panAndZoom, { durationMs, warmUpMs })
    if (times.length === 0) throw new Error('The browser drew no frame of the graph.')
    const sorted = times.toSorted((one, other) => one - other)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
    return { nodes, frames: times.length, medianMs: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
  } finally {
    await browser.close()
    await workbench.stop()
  }
}

/** Shows as much of the graph as there is room for, again and again until the opened blocks are arranged and drawn. */
async function showAll(page: Page, nodes: number): Promise<void> {
  const boxes = page.locator('.vue-flow__node')
  let before = -1
  for (let tries = 0; tries < 80; tries++) {
    await page.getByRole('button', { name: 'Show the whole graph' }).click(patience)
    await page.waitForTimeout(1500)
    const now = await boxes.count()
    // Frames of opened blocks are boxes too; folded, there are far fewer than nodes.
    if (now === before && now >= nodes) return
    before = now
  }
  throw new Error(`The graph did not come to rest: ${before} of its boxes were drawn last.`)
}

/** Runs in the page: turns the wheel once a frame, as a hand on a trackpad does, and gives the time between frames. */
function panAndZoom({ durationMs, warmUpMs }: { durationMs: number; warmUpMs: number }): Promise<number[]> {
  const pane = document.querySelector('.vue-flow__pane')
  if (!pane) throw new Error('The page shows no graph.')
  const { left, top, width, height } = pane.getBoundingClientRect()
  const [clientX, clientY] = [left + width / 2, top + height / 2]
  return new Promise((resolve) => {
    const times: number[] = []
    let frame = 0
    let before: number | undefined
    let began: number | undefined
    const step = (now: number): void => {
      began ??= now
      if (before !== undefined && now - began > warmUpMs) times.push(now - before)
      before = now
      if (now - began > warmUpMs + durationMs) {
        resolve(times)
        return
      }
      // A pinch of 60 frames closer (28 times as large), 120 along, 60 back out, 60 along the whole.
      const at = frame++ % 300
      const zooms = at < 60 || (at >= 180 && at < 240)
      const deltaY = zooms ? (at < 60 ? -4 : 4) : at < 120 || at >= 270 ? 40 : -40
      pane.dispatchEvent(
        new WheelEvent('wheel', { deltaY, ctrlKey: zooms, clientX, clientY, bubbles: true, cancelable: true }),
      )
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
}

/** Conv, batch norm, ReLU, conv, batch norm, sum and ReLU, again and again, as residual networks are made. */
function residualNetwork(blocks: number): { bytes: Uint8Array; nodes: number } {
  const builder = new GraphBuilder()
  const channels = 4
  const weights = (name: string, dims: readonly number[]) =>
    builder.initializer(
      name,
      float32Tensor(dims, new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(0.1)),
    )
  const conv = (input: string, name: string, inputs = channels) =>
    builder.op('Conv', [input, weights(`${name}.weight`, [channels, inputs, 3, 3])], { pads: [1, 1, 1, 1] })
  const norm = (input: string, name: string) => {
    const parts = ['weight', 'bias', 'mean', 'var'].map((part) => weights(`${name}.${part}`, [channels]))
    return builder.op('BatchNormalization', [input, ...parts])
  }
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', 3, 32, 32] } })
  let current = conv('image', 'stem', 3)
  for (let block = 0; block < blocks; block++) {
    const name = `layer${block}`
    const first = builder.op('Relu', [norm(conv(current, `${name}.conv1`), `${name}.bn1`)])
    const second = norm(conv(first, `${name}.conv2`), `${name}.bn2`)
    current = builder.op('Relu', [builder.op('Add', [second, current])])
  }
  current = builder.op('Flatten', [builder.op('GlobalAveragePool', [current])])
  builder.op('Gemm', [current, weights('head.weight', [channels, 10])], {}, { name: 'scores' })
  builder.output({ name: 'scores', type: { dataType: 'float32', dims: ['batch', 10] } })
  const graph = builder.build('residual')
  return { bytes: writeModel({ graph }), nodes: graph.nodes.length }
}
