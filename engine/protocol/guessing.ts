import { z } from 'zod'
import type { FloatTensor } from './runs.ts'
import type { FilterVerdictName } from './verdicts.ts'

const layer = z.string().min(1).max(2000)

/** The layer whose filters are guessed: of a run at a kept step, or of a model file. */
export const guessSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    runId: z.string().min(1).max(200),
    layer,
    step: z.number().int().nonnegative(),
  }),
  z.object({ kind: z.literal('model'), path: z.string().min(1).max(4096), layer }),
])
export type GuessSource = z.infer<typeof guessSourceSchema>

/** From 1, surely noise, over 2 and 3 to 4, surely learned. */
export const voteSchema = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
export type Vote = z.infer<typeof voteSchema>

/** Votes from here on say "learned". */
export const LEARNED_FROM: Vote = 3

export const MOST_CARDS = 20
/** Of fewer filters no round can be dealt. */
export const FEWEST_FILTERS = 5
/** In a smaller slice there is nothing to see. */
export const FEWEST_WEIGHTS_OF_SLICE = 4

/** trained: as the network has it. birth: as a filter was drawn before training. shuffled: a trained one, the weights of each slice in another order. */
export type CardOrigin = 'trained' | 'birth' | 'shuffled'

/** What is shown before the votes: nothing of it tells where a filter comes from. */
export interface GuessRound {
  readonly layer: string
  readonly seed: number
  /** float32 [cards, C, kH, kW]; each filter divided by the root mean square of its weights, as training changes their size. */
  readonly pictures: FloatTensor
  /** As many of them are trained at least, and at most: how many exactly the round does not say. */
  readonly trained: { readonly least: number; readonly most: number }
  /** What the others are. */
  readonly noise: readonly Exclude<CardOrigin, 'trained'>[]
  /** Filters of the layer that are dead or degenerate: they are not dealt. */
  readonly leftOut: number
  /** Of the weights that were dealt, so that the truth is told of the same ones. */
  readonly digest: string
}

export interface RocPoint {
  /** The share of noise that is called learned, 0–1. */
  readonly falseAlarms: number
  /** The share of trained filters that is called learned, 0–1. */
  readonly hits: number
}

/** How well somebody told trained filters from noise. */
export interface GuessScore {
  readonly right: number
  /** From (0, 0) to (1, 1). */
  readonly curve: readonly RocPoint[]
  /** Under the curve: 0.5 for a coin, 1 for no mistake at any threshold. */
  readonly area: number
  /** What holds the area 95 times of 100 (Hanley and McNeil 1982). */
  readonly low: number
  readonly high: number
}

export interface GuessedCard {
  readonly origin: CardOrigin
  /** Its number in the layer. */
  readonly filter: number
  /** What the verdict calls it, and its p; null where nothing was tested. */
  readonly verdict: FilterVerdictName
  readonly p: number | null
}

/** What is told once every filter has a vote. */
export interface GuessTruth {
  readonly cards: readonly GuessedCard[]
  readonly person: GuessScore
  /** The verdict was given the same filters, and no more. */
  readonly verdict: GuessScore
  /** How often a coin gets as many right as the person, or more: 0–1. */
  readonly coin: number
}

/** The verdict calls a filter learned up to this p. */
export const GUESS_P = 0.05
