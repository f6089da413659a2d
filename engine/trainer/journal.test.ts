import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { OpenedRun } from '../protocol/runs.ts'
import { runSettingsSchema } from '../protocol/settings.ts'
import { RunFolder, listRuns } from '../runs/run-folder.ts'
import { Journal } from './journal.ts'

let parent: string
let now = 0
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'journal-'))
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(parent, { recursive: true })
})

const settings = runSettingsSchema.parse({
  data: { source: { kind: 'xo', options: {} }, control: 'shuffledLabels' },
  network: {
    kind: 'layers',
    architecture: { name: 'tiny', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
  },
  training: { optimizer: { kind: 'adam' }, schedule: {}, seed: 7 },
})
const image = { width: 28, height: 28, channels: 1, fit: 'crop' }

/** What of it the description keeps is all that matters here. */
const description = {
  id: 'run',
  architectureName: 'tiny',
  dataTitle: 'X or O',
  createdAt: '2026-11-23T09:00:00.000Z',
  phase: 'preparing',
  epochs: 1,
  stepsPerEpoch: 2,
  totalSteps: 2,
  step: 0,
  data: { image },
} as unknown as OpenedRun

it('adds up the time of training, without pauses, over every process that went on with the run', async () => {
  const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1')
  const first = await Journal.open(folder, () => undefined)
  await first.enter('preparing', 0)
  now += 5000
  await first.describe(description)
  await first.enter('running', 0)
  now += 1000
  await first.enter('paused', 1)
  now += 60_000
  await first.enter('running', 1)
  now += 200
  await first.describe({ ...description, step: 1 })
  now += 30
  await first.close()
  expect(await listRuns(parent)).toMatchObject([
    { elapsedMs: 1200, control: 'shuffledLabels', image, training: { seed: 7 } },
  ])

  now += 1_000_000
  const second = await Journal.open(folder, () => undefined)
  await second.describe(description)
  await second.enter('running', 1)
  now += 300
  await second.enter('finished', 2)
  await second.close()
  expect(await listRuns(parent)).toMatchObject([{ phase: 'finished', elapsedMs: 1500 }])
})
