import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { LOG_WINDOW } from '../../engine/protocol/topics.ts'
import type { BuiltPrograms } from './fixtures/built-programs.ts'
import { openRawWindow } from './fixtures/raw-window.ts'
import { scriptedSettings } from './fixtures/script.ts'
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

async function entriesOnDisk(runId: string): Promise<RunLogEntry[]> {
  const text = await readFile(join(server.runsFolder, runId, 'metrics.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunLogEntry)
}

function isLast(entry: RunLogEntry): boolean {
  return entry.kind === 'phase' && entry.phase === 'finished'
}

test('a window that loses its connection again and again hears every entry once and in order', async () => {
  const window = server.connect()
  const settings = await scriptedSettings(server.root, { steps: 6000, stepsAtOnce: 20, checkpointEvery: 1000 })
  const { runId } = await window.request('runs.start', { settings })
  const heard: { entry: RunLogEntry; sequence: number }[] = []
  let connections = 0
  window.onState(({ kind }) => {
    if (kind === 'open') connections++
  })
  window.subscribe({ kind: 'run', runId }, {}, (entry, sequence) => {
    heard.push({ entry, sequence })
    if (sequence % 1000 === 999) server.dropConnections()
  })
  await until(() => heard.some(({ entry }) => isLast(entry)))
  // The last entry is told before it is written.
  await server.processes[0]?.ended
  expect(connections).toBeGreaterThanOrEqual(5)
  expect(heard.map(({ sequence }) => sequence)).toEqual(heard.map((_, index) => index))
  expect(heard.map(({ entry }) => entry)).toEqual(await entriesOnDisk(runId))
  expect(heard.length).toBeGreaterThan(6000)
})

test('a window that comes late reads from the file what memory no longer holds', async () => {
  const first = server.connect()
  const settings = await scriptedSettings(server.root, { steps: 9000, stepsAtOnce: 200, checkpointEvery: 3000 })
  const { runId } = await first.request('runs.start', { settings })
  let isFinished = false
  first.subscribe({ kind: 'run', runId }, { since: 0 }, (entry) => {
    if (isLast(entry)) isFinished = true
  })
  await until(() => isFinished)
  await server.processes[0]?.ended
  const written = await entriesOnDisk(runId)
  const since = 137
  const heard: RunLogEntry[] = []
  server.connect().subscribe({ kind: 'run', runId }, { since }, (entry) => void heard.push(entry))
  await until(() => heard.length >= written.length - since)
  expect(heard).toEqual(written.slice(since))
})

test('a window that never acknowledges a log is sent one window of it, and no more', async () => {
  const other = server.connect()
  const settings = await scriptedSettings(server.root, { steps: 3000, stepsAtOnce: 100, checkpointEvery: 1000 })
  const { runId } = await other.request('runs.start', { settings })
  const silent = await openRawWindow(server.socketAddress())
  silent.send({ kind: 'subscribe', id: 1, topic: { kind: 'run', runId } })
  let isFinished = false
  other.subscribe({ kind: 'run', runId }, {}, (entry) => {
    if (isLast(entry)) isFinished = true
  })
  await until(() => isFinished)
  // A request's answer comes after everything sent before it.
  silent.send({ kind: 'request', id: 2, method: 'app.info', parameters: {} })
  await until(() => silent.received.some(({ kind }) => kind === 'result'))
  const events = () => silent.received.filter(({ kind }) => kind === 'event').length
  expect(events()).toBe(LOG_WINDOW)
  silent.send({ kind: 'acknowledge', id: 1, sequence: 99 })
  await until(() => events() === LOG_WINDOW + 100)
  silent.socket.terminate()
})

test('progress of opening data is a log of its own', async () => {
  const window = server.connect()
  const heard: unknown[] = []
  window.subscribe({ kind: 'data' }, {}, (progress) => void heard.push(progress))
  void window.request('data.open', { settings: { source: { kind: 'xo', options: {} } } }).catch(() => undefined)
  await until(() => heard.length > 0)
  expect(heard).toEqual([{ stage: 'reading', done: 1, total: 2, rate: 0 }])
})
