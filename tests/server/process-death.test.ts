import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RunLogEntry, RunPhase } from '../../engine/protocol/runs.ts'
import type { Client } from '../../engine/protocol/client.ts'
import { openRunFolder } from '../../engine/runs/run-folder.ts'
import type { BuiltPrograms } from './fixtures/built-programs.ts'
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

interface Followed {
  readonly entries: RunLogEntry[]
  readonly phases: () => RunPhase[]
  readonly lastStep: () => number
}

function follow(window: Client, runId: string): Followed {
  const entries: RunLogEntry[] = []
  window.subscribe({ kind: 'run', runId }, {}, (entry) => void entries.push(entry))
  return {
    entries,
    phases: () => entries.flatMap((entry) => (entry.kind === 'phase' ? [entry.phase] : [])),
    lastStep: () => entries.reduce((last, entry) => (entry.kind === 'steps' ? entry.step : last), 0),
  }
}

async function logOnDisk(runId: string): Promise<RunLogEntry[]> {
  const text = await readFile(join(server.runsFolder, runId, 'metrics.jsonl'), 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunLogEntry)
}

test('a trainer that is killed leaves the window alive and the run resumable from its checkpoint', async () => {
  const window = server.connect()
  const settings = await scriptedSettings(server.root, { steps: 4000, stepsAtOnce: 7, checkpointEvery: 100 })
  const { runId } = await window.request('runs.start', { settings })
  const run = follow(window, runId)
  await until(() => run.lastStep() >= 300)
  server.processes.find(({ kind }) => kind === 'trainer')?.process.kill()
  await until(() => run.phases().at(-1) === 'interrupted')

  const last = run.entries.at(-1)
  const folder = await openRunFolder(join(server.runsFolder, runId))
  const checkpoint = (await folder.newestCheckpoint())?.step
  expect(last).toMatchObject({ kind: 'phase', phase: 'interrupted' })
  expect(last?.kind === 'phase' && last.message).toMatch(
    new RegExp(
      `^The training process ended unexpectedly at step \\d+ \\(signal SIGKILL\\)\\. The last checkpoint is of step ${checkpoint}:`,
    ),
  )
  expect(await logOnDisk(runId)).toEqual(run.entries)
  expect(window.state.kind).toBe('open')
  expect(await window.request('runs.list', {})).toMatchObject([{ id: runId, phase: 'interrupted' }])
  expect(await window.request('runs.open', { runId })).toMatchObject({ id: runId, phase: 'interrupted' })
  await expect(window.request('runs.pause', { runId })).rejects.toMatchObject({ code: 'conflict' })

  const before = run.entries.length
  await window.request('runs.continue', { runId })
  await until(() => run.phases().at(-1) === 'finished')
  const continued = run.entries.slice(before)
  expect(continued.find((entry) => entry.kind === 'steps')?.step).toBe((checkpoint ?? Number.NaN) + 1)
  expect(run.lastStep()).toBe(4000)
  // The last entry is told before it is written.
  await server.processes.at(-1)?.ended
  expect(await logOnDisk(runId)).toEqual(run.entries)
  await expect(window.request('runs.continue', { runId })).rejects.toMatchObject({ code: 'conflict' })
})

test('a run that another program trains is listed so, and is not gone on with', async () => {
  const window = server.connect()
  const settings = await scriptedSettings(server.root, {
    steps: 400,
    stepsAtOnce: 7,
    checkpointEvery: 100,
    dieAfter: 57,
  })
  const { runId } = await window.request('runs.start', { settings })
  const run = follow(window, runId)
  await until(() => run.phases().at(-1) === 'interrupted')
  const folder = join(server.runsFolder, runId)
  const lock = join(folder, 'trainer.lock')
  await writeFile(lock, JSON.stringify({ pid: process.pid, host: hostname() }))
  const trainedBy = `process ${process.pid}`
  expect(await window.request('runs.list', {})).toMatchObject([{ id: runId, phase: 'interrupted', trainedBy }])
  await expect(window.request('runs.continue', { runId })).rejects.toMatchObject({
    code: 'conflict',
    message: `${folder} is being trained by ${trainedBy}; stop it there first, or remove ${lock} where that process is no trainer.`,
  })
  expect(server.processes.filter(({ kind }) => kind === 'trainer')).toHaveLength(1)
  await rm(lock)
  expect((await window.request('runs.list', {}))[0]).not.toHaveProperty('trainedBy')
})

test('a trainer that dies by itself between two entries leaves file and windows with the same log', async () => {
  const window = server.connect()
  for (const dieAfter of [1, 57, 233]) {
    const settings = await scriptedSettings(server.root, {
      steps: 500,
      stepsAtOnce: 50,
      checkpointEvery: 1000,
      dieAfter,
    })
    const { runId } = await window.request('runs.start', { settings })
    const run = follow(window, runId)
    await until(() => run.phases().at(-1) === 'interrupted')
    expect(await logOnDisk(runId)).toEqual(run.entries)
    // A window that comes later reads the same.
    const later = follow(server.connect(), runId)
    await until(() => later.entries.length >= run.entries.length)
    expect(later.entries).toEqual(run.entries)
  }
})

test('one run is trained at a time, and each gets a folder of its own', async () => {
  const window = server.connect()
  const settings = await scriptedSettings(server.root, { steps: 10_000_000, checkpointEvery: 1000 })
  const starts = await Promise.allSettled([
    window.request('runs.start', { settings }),
    server.connect().request('runs.start', { settings }),
  ])
  expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const runId = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value.runId] : []))[0] as string
  await expect(window.request('runs.start', { settings })).rejects.toMatchObject({
    code: 'conflict',
    message: `Run ${runId} is being trained; stop it before another one is started.`,
  })
  const run = follow(window, runId)
  await until(() => run.lastStep() > 10)
  await window.request('runs.stop', { runId })
  await until(() => run.phases().at(-1) === 'stopped')
  const second = await window.request('runs.start', { settings })
  expect(second.runId).not.toBe(runId)
  expect((await window.request('runs.list', {})).map(({ id }) => id).sort()).toEqual([runId, second.runId].sort())
})

test('closing the server during a run writes a checkpoint of the step it had reached', async () => {
  const window = server.connect()
  const settings = await scriptedSettings(server.root, { steps: 10_000_000, checkpointEvery: 10_000_000 })
  const { runId } = await window.request('runs.start', { settings })
  const run = follow(window, runId)
  await until(() => run.lastStep() > 20)
  await server.server.host.close()
  const log = await logOnDisk(runId)
  const last = log.at(-1)
  const checkpoint = log.findLast((entry) => entry.kind === 'checkpoint')?.step ?? 0
  expect(checkpoint).toBeGreaterThan(20)
  expect(last).toMatchObject({ kind: 'phase', phase: 'interrupted' })
  expect(last?.kind === 'phase' && last.message).toMatch(
    /^Filterscope was closed at step \d+\. The last checkpoint is of step \d+/,
  )
})

test('an inspector that dies fails what it was asked with a sentence, and the next request starts another', async () => {
  const window = server.connect()
  const first = await window.request('devices.list', {})
  const waiting = window.request('data.open', { settings: { source: { kind: 'xo', options: {} } } })
  const failed = expect(waiting).rejects.toMatchObject({
    code: 'internal',
    message:
      'The process that looks at data and networks ended (signal SIGKILL); it starts again with the next request, so try once more.',
  })
  const thumbnails = window.request('data.thumbnails', { dataId: 'a', split: 'train', offset: 0, count: 1 })
  await expect(thumbnails).rejects.toMatchObject({ code: 'internal' })
  await failed
  const second = await window.request('devices.list', {})
  expect(second).not.toEqual(first)
  expect(server.processes.filter(({ kind }) => kind === 'inspector')).toHaveLength(2)
})
