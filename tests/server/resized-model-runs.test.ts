import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readModel } from '../../engine/onnx/read-model.ts'
import { type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import type { Client } from '../../engine/protocol/client.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import type { RunSettingsInput } from '../../engine/protocol/settings.ts'
import { outputsOf, relativeDifference } from '../engine/resized-network.ts'
import { smallClassifier } from '../engine/small-classifier.ts'
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { type TestServer, startTestServer, until } from './fixtures/test-server.ts'

let programs: BuiltPrograms
let server: TestServer
let window: Client

beforeAll(async () => {
  programs = await buildPrograms({
    trainer: 'engine/trainer/trainer-process.ts',
    inspector: 'engine/inspector/inspector-process.ts',
  })
})
afterAll(() => programs.remove())
beforeEach(async () => {
  server = await startTestServer(programs.folder)
  window = server.connect()
})
afterEach(() => server.close())

const preprocessing = { colourOrder: 'rgb' as const, mean: [127.5], standardDeviation: [64] }
const image = { width: 16, height: 16, channels: 1 as const, fit: 'stretch' as const }
const data = { source: { kind: 'xo' as const, options: { count: 200 } }, image }

async function settings(): Promise<RunSettingsInput> {
  const path = join(server.root, 'small.onnx')
  await writeFile(path, smallClassifier())
  return {
    data,
    network: { kind: 'model', path, preprocessing },
    training: { epochs: 1, batchSize: 16, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu' },
  }
}

async function folderOf(runId: string): Promise<string> {
  const entries: RunLogEntry[] = []
  const stop = window.subscribe({ kind: 'run', runId }, {}, (entry) => void entries.push(entry))
  await until(() => entries.some(({ kind }) => kind === 'finished'))
  stop()
  return (await window.request('runs.open', { runId })).folder
}

const picture = float32Tensor(
  [1, 1, 16, 16],
  Float32Array.from({ length: 256 }, (_, at) => (at * 37) % 256),
)

test('a run of a model begins again with more filters, and its head stays what it learnt', async () => {
  const { runId } = await window.request('runs.start', { settings: await settings() })
  const before = await folderOf(runId)
  const { step, kernelLayers } = await window.request('runs.open', { runId })
  const [first] = kernelLayers
  const kept = Array.from({ length: first!.shape[0] }, (_, filter) => filter)
  const grown = await window.request('runs.resize', { runId, step, layer: first!.name, kept, added: 3 })
  const after = await folderOf(grown.runId)
  const opened = await window.request('runs.open', { runId: grown.runId })
  expect(opened.kernelLayers[0]?.shape[0]).toBe(kept.length + 3)
  const learnt = readModel(await readFile(join(before, 'model.onnx'))).graph
  const born = readModel(await readFile(join(after, 'source.onnx'))).graph
  const input = learnt.inputs[0]!.name
  const [one, other] = [await outputsOf(learnt, { [input]: picture }), await outputsOf(born, { [input]: picture })]
  const output = learnt.outputs[0]!.name
  expect(relativeDifference(one[output] as Tensor, other[output] as Tensor)).toBeLessThan(1e-6)
})

test('a model is trained from the beginning with fewer filters', async () => {
  const whole = await settings()
  const resized = { layer: 'conv1', filters: 6, kept: [0, 2, 5], added: 0 }
  const beyond = { ...resized, kept: [0, 6] }
  await expect(window.request('runs.start', { settings: { ...whole, resized: beyond } })).rejects.toThrow(
    'Filter 6 cannot be kept',
  )
  const { runId } = await window.request('runs.start', { settings: { ...whole, resized } })
  await folderOf(runId)
  const opened = await window.request('runs.open', { runId })
  expect(opened.kernelLayers[0]?.shape[0]).toBe(3)
  expect(opened.resized).toEqual(resized)
})

test('a model whose classes are named is compared with the classes of the data where the names are theirs', async () => {
  const { network, data: shown } = await settings()
  if (network.kind !== 'model') throw new Error('It is a model.')
  const ask = (classNames: string[], taskId: string) =>
    window.request('models.advice', {
      ...{ path: network.path, layer: 'conv2', data: shown, preprocessing, classNames, taskId },
    })
  // Four classes, of which the data shows two.
  expect((await ask(['o', 'plus', 'x', 'star'], 'among')).ablation).toMatchObject({ measure: 'accuracy' })
  expect((await ask(['cat', 'plus', 'x', 'star'], 'other')).ablation).toMatchObject({ measure: 'agreement' })
})

test('a model whose classes are not those of the data is compared with itself', async () => {
  const { network, data: shown } = await settings()
  if (network.kind !== 'model') throw new Error('It is a model.')
  const wanted = { path: network.path, layer: 'conv2', data: shown, preprocessing, taskId: 'look' }
  const pictures = (await window.request('data.open', { settings: shown })).summary.counts.validation
  const advice = await window.request('models.advice', wanted)
  expect(advice).toMatchObject({ layer: 'conv2', step: 0, filters: 8 })
  expect(advice.ablation).toMatchObject({ measure: 'agreement', accuracy: 1, pictures })
  expect(advice.whyNotResizable).toBeUndefined()
})
