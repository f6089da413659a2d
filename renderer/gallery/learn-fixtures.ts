import type { Pinia } from 'pinia'
import type { GuessRound, GuessTruth, Vote } from '../../engine/protocol/guessing.ts'
import { useGuessingStore } from '../stores/guessing.ts'
import LearnWorkspace from '../workspaces/learn/LearnWorkspace.vue'
import { type FixtureAnswers, fixtureClient, refusal } from './fixture-client.ts'
import { fixtureFilters } from './fixture-runs.ts'
import type { GalleryEntry } from './gallery-entry.ts'

const CARDS = 8
/** The first half is trained. */
const frames = [fixtureFilters('conv1', 31), fixtureFilters('conv1', 0)].map(({ weights }) => weights)
const [, ...shape] = frames[0]?.dims ?? []
const length = shape.reduce((product, size) => product * size, 1)
const values = new Float32Array(CARDS * length)
frames.forEach(({ data }, index) => values.set(data.subarray(0, (CARDS / 2) * length), index * (CARDS / 2) * length))

const round: GuessRound = {
  layer: 'conv1',
  seed: 7,
  pictures: { dims: [CARDS, ...shape], data: values },
  trained: { least: 3, most: 5 },
  noise: ['birth', 'shuffled'],
  leftOut: 1,
  digest: 'gallery',
}
const truth: GuessTruth = {
  cards: Array.from({ length: CARDS }, (_, at) => ({
    origin: at < 4 ? 'trained' : at < 6 ? 'birth' : 'shuffled',
    filter: at,
    verdict: at < 4 ? 'structured' : at === 5 ? 'emerging' : 'random',
    p: at < 4 ? 1e-4 : at === 5 ? 0.04 : 0.4,
  })),
  person: {
    right: 6,
    curve: [
      { falseAlarms: 0, hits: 0 },
      { falseAlarms: 0, hits: 0.5 },
      { falseAlarms: 0.25, hits: 0.75 },
      { falseAlarms: 1, hits: 1 },
    ],
    area: 0.84,
    low: 0.55,
    high: 1,
  },
  verdict: {
    right: 7,
    curve: [
      { falseAlarms: 0, hits: 0 },
      { falseAlarms: 0, hits: 1 },
      { falseAlarms: 1, hits: 1 },
    ],
    area: 1,
    low: 1,
    high: 1,
  },
  coin: 37 / 256,
}
const votes: readonly Vote[] = [4, 4, 3, 2, 1, 3, 2, 1]

/** Deals a round and gives the first `count` votes. */
const played = (count: number) => (pinia: Pinia) => {
  const guessing = useGuessingStore(pinia)
  void guessing.deal({ kind: 'run', runId: 'run-8', layer: 'conv1', step: 31 }, 'small, step 31', 7).then(() => {
    for (const vote of votes.slice(0, count)) guessing.vote(vote)
    if (count === CARDS) void guessing.reveal()
  })
}

/** The game of telling trained filters from noise; `answers` for everything around it. */
export function learnEntries(answers: FixtureAnswers): readonly GalleryEntry[] {
  function entry(
    panel: string,
    state: GalleryEntry['state'],
    other: FixtureAnswers,
    prepare?: (pinia: Pinia) => void,
  ): GalleryEntry {
    const client = () => fixtureClient({ ...answers, ...other }, { runs: () => [[]] })
    return { panel: `Learn, ${panel}`, state, component: LearnWorkspace, client, ...(prepare && { prepare }) }
  }
  const failing = (): never => {
    throw refusal('This layer has 2 filters, and a round takes at least 5; choose a larger layer.')
  }
  return [
    entry('nothing open', 'empty', {}),
    entry('being dealt', 'loading', {}, played(0)),
    entry('refused', 'error', { 'guess.deal': failing }, played(0)),
    entry('being played', 'live', { 'guess.deal': () => round }, played(3)),
    entry('told', 'live', { 'guess.deal': () => round, 'guess.reveal': () => truth }, played(CARDS)),
  ]
}
