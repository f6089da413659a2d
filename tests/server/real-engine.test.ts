import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ActivationFrame, OpenedRun, RunLogEntry, RunPhase } from '../../engine/protocol/runs.ts'
import type { LiveFilterFrame } from '../../engine/protocol/live-filters.ts'
import type { Client } from '../../engine/protocol/client.ts'
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { xoSettings } from './fixtures/settings.ts'
import { startTestServer, type TestServer, until } from './fixtures/test-server.ts'

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

function follow(window: Client, runId: string) {
  const entries: RunLogEntry[] = []
  window.subscribe({ kind: 'run', runId }, {}, (entry) => void entries.push(entry))
  return {
    entries,
    phases: (): RunPhase[] => entries.flatMap((entry) => (entry.kind === 'phase' ? [entry.phase] : [])),
    losses: () => entries.flatMap((entry) => (entry.kind === 'steps' ? entry.losses : [])),
    lastStep: () => entries.reduce((last, entry) => (entry.kind === 'steps' ? entry.step : last), 0),
    find: <K extends RunLogEntry['kind']>(kind: K) =>
      entries.find((entry): entry is Extract<RunLogEntry, { kind: K }> => entry.kind === kind),
  }
}

test('a run is trained, watched, looked back at and looked into', async () => {
  const window = server.connect()
  const opened = await window.request('data.open', { settings: xoSettings().data })
  expect(opened.summary).toMatchObject({ format: 'xo', image: { width: 28, height: 28, channels: 1 } })
  const thumbnails = await window.request('data.thumbnails', {
    dataId: opened.dataId,
    split: 'train',
    offset: 0,
    count: 9,
  })
  expect(thumbnails.pixels).toBeInstanceOf(Uint8Array)
  expect(thumbnails.pixels).toHaveLength(9 * 28 * 28)

  const { runId } = await window.request('runs.start', { settings: xoSettings({ epochs: 8 }) })
  const run = follow(window, runId)
  const frames: LiveFilterFrame[] = []
  const maps: ActivationFrame[] = []
  const picture = { kind: 'sample', split: 'test', index: 0 } as const
  window.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, (frame) => void frames.push(frame))
  window.subscribe({ kind: 'activations', runId, layer: 'conv1', picture }, {}, (frame) => void maps.push(frame))
  await until(() => run.find('finished') !== undefined)
  expect(run.losses()).toHaveLength(run.find('finished')?.steps ?? Number.NaN)
  expect(run.find('finished')?.testAccuracy).toBeGreaterThan(0.7)

  expect(frames.length).toBeGreaterThan(0)
  expect(frames[0]?.weights.dims).toEqual([8, 1, 7, 7])
  await until(() => maps.length > 0)
  expect(maps[0]?.maps.dims).toEqual([8, 28, 28])
  expect(maps[0]?.maps.data).toBeInstanceOf(Float32Array)

  const look: OpenedRun = await window.request('runs.open', { runId })
  expect(look).toMatchObject({
    id: runId,
    phase: 'finished',
    kernelLayers: [{ name: 'conv1' }, { name: 'conv2' }, { name: 'fc1' }],
  })
  const birth = await window.request('runs.filters', { runId, layer: 'conv1', step: 0 })
  const last = await window.request('runs.filters', { runId, layer: 'conv1', step: look.step })
  expect(birth.weights.dims).toEqual([8, 1, 7, 7])
  expect(last.weights.data).not.toEqual(birth.weights.data)
  const rows = await window.request('runs.filters', { runId, layer: 'fc1', step: 0 })
  expect(rows.weights.data).toHaveLength(rows.weights.dims.reduce((product, size) => product * size, 1))
  await expect(window.request('runs.filters', { runId, layer: 'conv1', step: 12345 })).rejects.toThrow(/not kept/)
  const classified = await window.request('runs.classify', { runId, picture })
  expect(classified.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
  expect(await window.request('runs.list', {})).toMatchObject([{ id: runId, phase: 'finished', step: look.step }])
})

test('killed in the middle and continued, a run ends with the very weights it would have had', async () => {
  const window = server.connect()
  const settings = xoSettings({ epochs: 6 })
  const whole = follow(window, (await window.request('runs.start', { settings })).runId)
  await until(() => whole.find('finished') !== undefined)

  const { runId } = await window.request('runs.start', { settings })
  const run = follow(window, runId)
  await until(() => run.entries.some((entry) => entry.kind === 'checkpoint' && entry.step > 0))
  server.processes.findLast(({ kind }) => kind === 'trainer')?.process.kill()
  await until(() => run.phases().at(-1) === 'interrupted')
  expect(window.state.kind).toBe('open')
  const before = run.entries.length
  await window.request('runs.continue', { runId })
  await until(() => run.find('finished') !== undefined)

  const continued = run.entries.slice(before)
  const firstSteps = continued.find((entry) => entry.kind === 'steps')
  // Windows forget what a log says of later steps than the phase's; what is trained again comes again.
  expect(continued[0]).toEqual({
    kind: 'phase',
    phase: 'preparing',
    step: (firstSteps?.step ?? Number.NaN) - (firstSteps?.losses.length ?? Number.NaN),
  })

  const folderOf = (followed: typeof run) => followed.find('finished')?.runFolder ?? ''
  const model = (folder: string) => readFile(join(folder, 'model.onnx'))
  expect(await model(folderOf(run))).toEqual(await model(folderOf(whole)))
})

test('a run is paused, stepped once, given another learning rate, resumed and stopped', async () => {
  const window = server.connect()
  const { runId } = await window.request('runs.start', { settings: xoSettings({ epochs: 1000 }) })
  const run = follow(window, runId)
  await until(() => run.lastStep() > 0)
  await window.request('runs.pause', { runId })
  await until(() => run.phases().at(-1) === 'paused')
  const pausedAt = run.lastStep()
  await window.request('runs.step', { runId })
  await until(() => run.lastStep() === pausedAt + 1)
  await window.request('runs.setLearningRate', { runId, learningRate: 0.0005 })
  await until(() => run.find('learningRate') !== undefined)
  await window.request('runs.resume', { runId })
  await until(() => run.lastStep() > pausedAt + 1)
  await window.request('runs.stop', { runId })
  await until(() => run.find('finished') !== undefined)
  expect(run.phases().at(-1)).toBe('stopped')
  expect(run.find('finished')?.steps).toBe(run.lastStep())
})

test('a run that could not begin says why, also to a window that asks only afterwards', async () => {
  const window = server.connect()
  const data = { source: { kind: 'path', path: server.root } } as const
  const { runId } = await window.request('runs.start', { settings: { ...xoSettings(), data } })
  await server.processes[0]?.ended
  expect(await window.request('runs.list', {})).toEqual([])
  expect(existsSync(join(server.runsFolder, runId))).toBe(false)
  const run = follow(window, runId)
  await until(() => run.phases().at(-1) === 'failed')
  const last = run.entries.at(-1)
  expect(last?.kind === 'phase' && last.message).toMatch(/^[^\n]+\.$/)
})

test('a killed inspector is there again for the next look', async () => {
  const window = server.connect()
  const settings = xoSettings().data
  const first = await window.request('data.open', { settings })
  server.processes.find(({ kind }) => kind === 'inspector')?.process.kill()
  const ask = () => window.request('data.open', { settings }).catch(() => undefined)
  let again = await ask()
  again ??= await ask()
  expect(again?.summary).toEqual(first.summary)
})
