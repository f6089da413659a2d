import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RunDescription } from '../../engine/protocol/runs.ts'
import type { Client } from '../../engine/protocol/client.ts'
import { type LiveFilterFrame, unpackWeights } from '../../engine/protocol/live-filters.ts'
import type { BuiltPrograms } from './fixtures/built-programs.ts'
import { openRawWindow } from './fixtures/raw-window.ts'
import { type Script, scriptedSettings } from './fixtures/script.ts'
import { buildScriptedPrograms } from './fixtures/scripted-programs.ts'
import { startTestServer, type TestServer, until } from './fixtures/test-server.ts'

let programs: BuiltPrograms
let server: TestServer

beforeAll(async () => {
  programs = await buildScriptedPrograms()
})
afterAll(() => programs.remove())
beforeEach(async () => {
  server = await startTestServer(programs.folder)
})
afterEach(() => server.close())

async function startRun(window: Client, script: Partial<Script>): Promise<string> {
  const { runId } = await window.request('runs.start', { settings: await scriptedSettings(server.root, script) })
  return runId
}

const endless = { steps: 10_000_000, checkpointEvery: 10_000_000 }

test('frames are typed arrays of the step they name, and only ever newer', async () => {
  const window = server.connect()
  const runId = await startRun(window, { ...endless, kernels: 3 })
  const frames: LiveFilterFrame[] = []
  window.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, (frame) => void frames.push(frame))
  await until(() => frames.length >= 4)
  for (const { step, weights } of frames) {
    expect(weights.dims).toEqual([3, 1, 5, 5])
    expect(weights.codes).toBeInstanceOf(Int16Array)
    expect(unpackWeights(weights).data).toEqual(new Float32Array(75).fill(step))
  }
  const steps = frames.map(({ step }) => step)
  expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other))
})

test('a window that never acknowledges gets one frame, and the others none the less', async () => {
  const window = server.connect()
  const runId = await startRun(window, { ...endless, kernels: 20_000 })
  const silent = await openRawWindow(server.socketAddress())
  silent.send({ kind: 'subscribe', id: 1, topic: { kind: 'filters', runId, layer: 'conv1' } })
  await until(() => silent.received.some(({ kind }) => kind === 'event'))
  let heard = 0
  window.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, () => void heard++)
  await until(() => heard >= 5)
  expect(silent.received.filter(({ kind }) => kind === 'event')).toHaveLength(1)
  silent.socket.terminate()
})

test('a window that is slow to draw gets the newest frame next, not those it missed', async () => {
  const fast = server.connect()
  const slow = server.connect()
  const runId = await startRun(fast, endless)
  const fastSteps: number[] = []
  const slowSteps: number[] = []
  let finishDrawing: (() => void) | undefined
  slow.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, ({ step }) => {
    slowSteps.push(step)
    return slowSteps.length === 1 ? new Promise<void>((resolve) => (finishDrawing = resolve)) : undefined
  })
  await until(() => slowSteps.length === 1)
  fast.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, ({ step }) => void fastSteps.push(step))
  await until(() => fastSteps.length >= 5)
  const newest = fastSteps.at(-1)
  finishDrawing?.()
  await until(() => slowSteps.length === 2)
  expect(slowSteps[1]).toBeGreaterThanOrEqual(newest ?? Number.POSITIVE_INFINITY)
})

test('nobody looking costs the trainer nothing: it is asked for frames only while a window is ready for one', async () => {
  const window = server.connect()
  const runId = await startRun(window, endless)
  let heard = 0
  const stop = window.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, () => void heard++)
  await until(() => heard >= 2)
  stop()
  await window.request('app.info', {})
  const asked = () => server.posted.filter(({ kind }) => kind === 'requestFilters').length
  const before = asked()
  let steps = 0
  window.subscribe({ kind: 'run', runId }, {}, ({ kind }) => {
    if (kind === 'steps') steps++
  })
  await until(() => steps >= 2000)
  expect(asked()).toBe(before)
})

test('a paused run sends each frame once, and a step is seen again', async () => {
  const window = server.connect()
  const runId = await startRun(window, endless)
  let paused = false
  window.subscribe({ kind: 'run', runId }, {}, (entry) => {
    if (entry.kind === 'phase') paused = entry.phase === 'paused'
  })
  await window.request('runs.pause', { runId })
  await until(() => paused)
  const steps: number[] = []
  window.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, ({ step }) => void steps.push(step))
  await until(() => steps.length === 1)
  // A second window is served from what is known.
  const second = server.connect()
  const secondSteps: number[] = []
  second.subscribe({ kind: 'filters', runId, layer: 'conv1' }, {}, ({ step }) => void secondSteps.push(step))
  await until(() => secondSteps.length === 1)
  expect(secondSteps).toEqual(steps)
  await window.request('runs.resume', { runId })
  await until(() => steps.length > 1 && secondSteps.length > 1)
  expect(steps[1]).toBeGreaterThan(steps[0] ?? Number.POSITIVE_INFINITY)
})

test('the list of runs follows a run from start to end in every window', async () => {
  const [one, other] = [server.connect(), server.connect()]
  const lists: Record<string, readonly RunDescription[]> = {}
  one.subscribe({ kind: 'runs' }, {}, (runs) => void (lists['one'] = runs))
  other.subscribe({ kind: 'runs' }, {}, (runs) => void (lists['other'] = runs))
  await until(() => lists['one'] !== undefined && lists['other'] !== undefined)
  expect(lists['one']).toEqual([])
  const runId = await startRun(one, { steps: 50 })
  await until(() => Object.values(lists).every((runs) => runs[0]?.phase === 'finished'))
  expect(lists['other']).toEqual(lists['one'])
  expect(lists['one']).toMatchObject([{ id: runId, step: 50, testAccuracy: 0.5, dataTitle: 'a script' }])
})

test('following what does not exist fails with a sentence', async () => {
  const window = server.connect()
  const failures: string[] = []
  const onFailure = (error: Error) => void failures.push(error.message)
  window.subscribe({ kind: 'run', runId: '../..' }, { onFailure }, () => undefined)
  window.subscribe({ kind: 'filters', runId: 'none', layer: 'conv1' }, { onFailure }, () => undefined)
  const runId = await startRun(window, endless)
  await until(() => failures.length === 2)
  await until(() => server.server.host.activeRun?.phase === 'running')
  window.subscribe({ kind: 'filters', runId, layer: 'conv9' }, { onFailure }, () => undefined)
  await until(() => failures.length === 3)
  expect(failures).toEqual([
    `There is no run ../.. in ${server.runsFolder}.`,
    `There is no run none in ${server.runsFolder}.`,
    `Run ${runId} has no layer "conv9" with kernels.`,
  ])
})
