import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readModel } from '../../engine/onnx/read-model.ts'
import type { Tensor } from '../../engine/onnx/graph.ts'
import type { Client } from '../../engine/protocol/client.ts'
import type { DataProgress } from '../../engine/protocol/messages.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { outputsOf, randomFeeds, relativeDifference } from '../engine/resized-network.ts'
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { xoSettings } from './fixtures/settings.ts'
import { type TestServer, startTestServer, until } from './fixtures/test-server.ts'

let programs: BuiltPrograms
let server: TestServer

beforeAll(async () => {
  programs = await buildPrograms({
    trainer: 'engine/trainer/trainer-process.ts',
    inspector: 'engine/inspector/inspector-process.ts',
  })
})
afterAll(() => programs.remove())
beforeEach(async () => {
  server = await startTestServer(programs.folder)
})
afterEach(() => server.close())

async function ended(window: Client, runId: string): Promise<Extract<RunLogEntry, { kind: 'finished' }>> {
  const entries: RunLogEntry[] = []
  const stop = window.subscribe({ kind: 'run', runId }, {}, (entry) => void entries.push(entry))
  const find = () => entries.find((entry) => entry.kind === 'finished')
  const failure = () => entries.find((entry) => entry.kind === 'phase' && entry.phase === 'failed')
  await until(() => find() !== undefined || failure() !== undefined)
  stop()
  const finished = find()
  if (finished === undefined) throw new Error(JSON.stringify(failure()))
  return finished
}

async function modelsOf(folder: string) {
  const read = async (name: string) => readModel(await readFile(join(folder, `${name}.onnx`))).graph
  return { initial: await read('initial'), model: await read('model') }
}

test('a layer is looked at, shrunk and trained on, grown and trained on; the runs before stay', async () => {
  const window = server.connect()
  const { runId } = await window.request('runs.start', { settings: xoSettings({ epochs: 6 }) })
  const first = await ended(window, runId)
  const { step } = await window.request('runs.open', { runId })
  const progress: DataProgress[] = []
  window.subscribe({ kind: 'task', taskId: 'look' }, {}, (one) => void progress.push(one))
  const advice = await window.request('runs.advice', { runId, layer: 'conv1', step, taskId: 'look' })
  expect(advice).toMatchObject({ layer: 'conv1', step, filters: 8 })
  expect(advice.whyNotResizable).toBeUndefined()
  expect(progress.length).toBeGreaterThan(0)
  const { ablation } = advice
  expect(ablation?.curves.map(({ order }) => order)).toEqual(['norm', 'activation', 'taylor', 'greedy'])
  for (const { ranking, points, knee } of ablation?.curves ?? []) {
    expect([...ranking].sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(points.map(({ kept }) => kept)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(points.at(-1)?.accuracy).toBe(ablation?.accuracy)
    expect(points[0]?.accuracy).toBeLessThan(0.75)
    expect(knee.low).toBeLessThanOrEqual(knee.kept)
    expect(knee.high).toBeGreaterThanOrEqual(knee.kept)
  }

  const kept = [1, 2, 5, 6, 7]
  const shrunk = (await window.request('runs.resize', { runId, step, layer: 'conv1', kept, added: 0 })).runId
  const second = await ended(window, shrunk)
  const opened = await window.request('runs.open', { runId: shrunk })
  expect(opened.kernelLayers[0]?.shape).toEqual([5, 1, 7, 7])
  expect(opened.resized).toMatchObject({ from: { runId, step }, layer: 'conv1', filters: 8, kept, added: 0 })
  const before = await modelsOf(first.runFolder)
  const after = await modelsOf(second.runFolder)
  const rows = (tensor: Tensor | undefined, filter: number) =>
    (tensor?.data as Float32Array).slice(49 * filter, 49 * (filter + 1))
  kept.forEach((filter, index) => {
    const own = rows(after.initial.initializers.get('conv1.weight'), index)
    expect(own).toEqual(rows(before.model.initializers.get('conv1.weight'), filter))
  })
  expect(after.model.initializers.get('conv1.weight')?.data).not.toEqual(
    after.initial.initializers.get('conv1.weight')?.data,
  )

  const all = kept.map((_, index) => index)
  const grown = (
    await window.request('runs.resize', { runId: shrunk, step: opened.step, layer: 'conv1', kept: all, added: 3 })
  ).runId
  const third = await ended(window, grown)
  const feeds = randomFeeds(after.model, 3)
  const larger = await modelsOf(third.runFolder)
  const [one, other] = [await outputsOf(after.model, feeds), await outputsOf(larger.initial, feeds)]
  expect(relativeDifference(one['logits'] as Tensor, other['logits'] as Tensor)).toBeLessThan(1e-6)
  const session = await createSession(await readFile(join(third.runFolder, 'model.onnx')), { provider: 'cpu' })
  await session.release()

  const untouched = await window.request('runs.open', { runId })
  expect(untouched).toMatchObject({ phase: 'finished', step })
  expect(untouched.kernelLayers[0]?.shape).toEqual([8, 1, 7, 7])
  expect(third.testAccuracy).toBeGreaterThan(0.9)
})

test('the scores of the classes cannot be other ones, and a look can be ended', async () => {
  const window = server.connect()
  const { runId } = await window.request('runs.start', { settings: xoSettings({ epochs: 2 }) })
  await ended(window, runId)
  const { step } = await window.request('runs.open', { runId })
  const advice = await window.request('runs.advice', { runId, layer: 'fc1', step, taskId: 'scores' })
  expect(advice).toMatchObject({ verdict: 'unknown', reasons: [{ id: 'notMeasured' }] })
  expect(advice.whyNotResizable).toContain('one for each class')
  const before = await window.request('runs.list', {})
  const resize = (wish: object) =>
    window.request('runs.resize', { runId, step, layer: 'conv1', kept: [0], added: 0, ...wish })
  await expect(resize({ layer: 'fc1' })).rejects.toThrow('one for each class')
  await expect(resize({ layer: 'relu1' })).rejects.toThrow('no layer "relu1" with filters')
  await expect(resize({ kept: [0, 8] })).rejects.toThrow('Filter 8 cannot be kept')
  await expect(resize({ kept: [] })).rejects.toThrow('cannot be left without filters')
  await expect(resize({ step: step + 1 })).rejects.toThrow('not kept')
  // What cannot be done leaves no run behind.
  expect(await window.request('runs.list', {})).toEqual(before)
  const looking = window.request('runs.advice', { runId, layer: 'conv2', step, taskId: 'ended' })
  void window.request('tasks.cancel', { taskId: 'ended' })
  await expect(looking).rejects.toThrow('cancelled')
})
