import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../engine/protocol/client.ts'
import type { GuessRound, GuessSource, Vote } from '../../engine/protocol/guessing.ts'
import { smallClassifier } from '../engine/small-classifier.ts'
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { xoSettings } from './fixtures/settings.ts'
import { type TestServer, startTestServer, until } from './fixtures/test-server.ts'

let programs: BuiltPrograms
let server: TestServer
let window: Client
let runId: string
/** Of the last kept step. */
let step: number
let model: string

beforeAll(async () => {
  programs = await buildPrograms({
    trainer: 'engine/trainer/trainer-process.ts',
    inspector: 'engine/inspector/inspector-process.ts',
  })
  server = await startTestServer(programs.folder)
  window = server.connect()
  runId = (await window.request('runs.start', { settings: xoSettings({ epochs: 2 }) })).runId
  let isFinished = false
  window.subscribe({ kind: 'run', runId }, {}, (entry) => void (isFinished ||= entry.kind === 'finished'))
  await until(() => isFinished)
  step = (await window.request('runs.open', { runId })).step
  model = join(server.root, 'small.onnx')
  await writeFile(model, smallClassifier())
})
afterAll(async () => {
  await server.close()
  programs.remove()
})

const ofRun = (layer = 'conv1', at = step): GuessSource => ({ kind: 'run', runId, layer, step: at })
const ofModel = (layer: string, path = model): GuessSource => ({ kind: 'model', path, layer })
const deal = (source: GuessSource, seed = 1) => window.request('guess.deal', { source, seed })
const reveal = (source: GuessSource, { seed, digest }: GuessRound, votes: readonly Vote[]) =>
  window.request('guess.reveal', { source, seed, digest, votes: [...votes] })
const votesFor = (round: GuessRound, vote: Vote = 3) => Array.from({ length: round.pictures.dims[0] ?? 0 }, () => vote)

/** Of one filter, of length 1, so that it can be compared with another of the same direction. */
function direction(values: Float32Array, length: number, index: number): number[] {
  const own = Array.from(values.subarray(index * length, (index + 1) * length))
  const norm = Math.hypot(...own)
  return own.map((value) => value / norm)
}
const inner = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? Number.NaN), 0)

test('filters of a run are dealt without a word of where they come from', async () => {
  const round = await deal(ofRun())
  expect(Object.keys(round).sort()).toEqual(['digest', 'layer', 'leftOut', 'noise', 'pictures', 'seed', 'trained'])
  expect(round).toMatchObject({ layer: 'conv1', seed: 1, noise: ['birth', 'shuffled'], trained: { least: 6, most: 7 } })
  expect(round.pictures.dims).toEqual([13, 1, 7, 7])
  // Not even by their size, which training changes.
  for (let card = 0; card < 13; card++) {
    const own = round.pictures.data.subarray(card * 49, (card + 1) * 49)
    expect(own.reduce((sum, weight) => sum + weight ** 2, 0) / 49).toBeCloseTo(1, 5)
  }
})

test('a vote on each of them brings the truth, which is true', async () => {
  const round = await deal(ofRun())
  const truth = await reveal(ofRun(), round, votesFor(round))
  expect(truth.cards).toHaveLength(13)
  const [birth, now] = [
    await window.request('runs.filters', { runId, layer: 'conv1', step: 0 }),
    await window.request('runs.filters', { runId, layer: 'conv1', step }),
  ]
  for (const [at, { origin, filter }] of truth.cards.entries()) {
    const shown = direction(round.pictures.data, 49, at)
    const source = direction((origin === 'birth' ? birth : now).weights.data, 49, filter)
    if (origin !== 'shuffled') expect(inner(shown, source)).toBeCloseTo(1, 5)
    else expect(Math.abs(inner(shown, source))).toBeLessThan(0.7)
  }
  // Whoever calls everything learned is right on what is trained, and tells nothing apart.
  const trained = truth.cards.filter(({ origin }) => origin === 'trained').length
  expect(truth.person).toMatchObject({ right: trained, area: 0.5 })
  const called = truth.cards.filter(({ origin, p }) => (p ?? 1) <= 0.05 === (origin === 'trained')).length
  expect(truth.verdict.right).toBe(called)
})

test('votes that are right at every grade leave nothing to be desired', async () => {
  const round = await deal(ofRun(), 4)
  const { cards } = await reveal(ofRun(), round, votesFor(round))
  const votes = cards.map(({ origin }): Vote => (origin === 'trained' ? 4 : 1))
  const { person, coin } = await reveal(ofRun(), round, votes)
  expect(person).toMatchObject({ right: 13, area: 1 })
  expect(coin).toBeCloseTo(2 ** -13, 12)
})

test('no truth is told before every vote, nor of other weights', async () => {
  const round = await deal(ofModel('conv2'))
  expect(round).toMatchObject({ noise: ['shuffled'] })
  await expect(reveal(ofModel('conv2'), round, votesFor(round).slice(1))).rejects.toMatchObject({
    code: 'badInput',
    message: 'This round has 13 filters and 12 votes; vote on every filter before asking where they come from.',
  })
  await expect(reveal(ofModel('conv2'), { ...round, seed: 2 }, votesFor(round))).rejects.toMatchObject({
    code: 'conflict',
    message: 'The weights have changed since this round was dealt; deal another one.',
  })
  const tooSure = { source: ofModel('conv2'), seed: 1, digest: round.digest, votes: [5 as Vote] }
  await expect(window.request('guess.reveal', tooSure)).rejects.toMatchObject({ code: 'badInput' })
})

test('the same round is dealt again, also by a process that was started again', async () => {
  const round = await deal(ofModel('conv2'), 9)
  const truth = await reveal(ofModel('conv2'), round, votesFor(round))
  const inspector = server.processes.findLast(({ kind }) => kind === 'inspector')
  inspector?.process.kill()
  await inspector?.ended
  expect(await reveal(ofModel('conv2'), round, votesFor(round))).toEqual(truth)
  expect(await deal(ofModel('conv2'), 9)).toEqual(round)
  expect((await deal(ofModel('conv2'), 10)).digest).not.toBe(round.digest)
})

test('what no round can be dealt of is refused in a sentence', async () => {
  const outside = join(dirname(server.root), 'outside.onnx')
  await writeFile(outside, smallClassifier())
  const refusals: [GuessSource, string | RegExp][] = [
    [ofRun('conv1', 0), 'At step 0 every filter is still as it was born; choose a later step to guess at.'],
    [ofRun('fc1'), 'This layer has 2 filters, and a round takes at least 5; choose a larger layer.'],
    [ofRun('conv9'), 'This network has no layer “conv9” with kernels.'],
    [ofRun('conv1', step + 1), /not kept/],
    [{ ...ofRun(), runId: 'none' } as GuessSource, /none/],
    [ofModel('conv9'), 'small has no layer “conv9” with filters.'],
    [ofModel('fc'), /too small to show anything to the eye|at least 5/],
    [ofModel('conv1', outside), /is outside .*--root\.$/],
  ]
  for (const [source, message] of refusals) {
    await expect(deal(source), JSON.stringify(source)).rejects.toMatchObject({
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    })
  }
})
