import { createHash } from 'node:crypto'
import { type DealtCards, type GuessedLayer, dealCards, whyNotDealt } from '../filters/guessing/deal-cards.ts'
import type { FilterVerdict } from '../filters/verdicts/filter-verdict.ts'
import { coinReaches, scoreGuesses } from '../filters/guessing/score-guesses.ts'
import {
  GUESS_P,
  type GuessRound,
  type GuessTruth,
  type GuessedCard,
  LEARNED_FROM,
  type Vote,
} from '../protocol/guessing.ts'
import { InspectionError } from './inspection-error.ts'
import type { LayerJudge } from './layer-judge.ts'
import type { RunNetwork } from './run-network.ts'

/**
 * Rounds of telling trained filters from noise. A round is dealt anew for its truth, from the same weights and seed:
 * nothing has to be kept between the two, and a window that is loaded again plays on.
 */
export class GuessRounds {
  readonly #judge: LayerJudge

  constructor(judge: LayerJudge) {
    this.#judge = judge
  }

  /** Throws InspectionError where no round can be dealt of the layer. */
  deal(name: string, layer: GuessedLayer, seed: number): GuessRound {
    const { values, cards, trained, leftOut } = dealt(layer, seed)
    const [, channels, height, width] = layer.shape
    return {
      layer: name,
      seed,
      pictures: { dims: [cards.length, channels, height, width], data: values },
      trained,
      noise: layer.birth === undefined ? ['shuffled'] : ['birth', 'shuffled'],
      leftOut,
      digest: digestOf(values),
    }
  }

  /**
   * Throws InspectionError: 'badInput' where not every filter has a vote, 'conflict' where the layer has other weights by
   * now; and RuntimeError.
   */
  async reveal(layer: GuessedLayer, seed: number, digest: string, votes: readonly Vote[]): Promise<GuessTruth> {
    const { values, cards } = dealt(layer, seed)
    // First, as other weights may make a round of another number of filters.
    if (digestOf(values) !== digest) {
      throw new InspectionError('conflict', 'The weights have changed since this round was dealt; deal another one.')
    }
    if (votes.length !== cards.length) {
      const sentence = `This round has ${cards.length} filters and ${votes.length} ${votes.length === 1 ? 'vote' : 'votes'}; vote on every filter before asking where they come from.`
      throw new InspectionError('badInput', sentence)
    }
    const [, channels, height, width] = layer.shape
    // As the person: the same filters, as if they were one layer, and nothing about where they come from.
    const judged = await this.#judge.judge({ shape: [cards.length, channels, height, width], values })
    const told = cards.map(({ origin, filter }, at): GuessedCard => {
      const { verdict, p } = judged.verdict.filters[at] as FilterVerdict
      return { origin, filter, verdict, p }
    })
    const rated = (scoreOf: (card: GuessedCard, at: number) => number) =>
      told.map((card, at) => ({ isTrained: card.origin === 'trained', score: scoreOf(card, at) }))
    const person = scoreGuesses(
      rated((_, at) => votes[at] as Vote),
      LEARNED_FROM,
    )
    return {
      cards: told,
      person,
      verdict: scoreGuesses(
        rated(({ p }) => -(p ?? 1)),
        -GUESS_P,
      ),
      coin: coinReaches(person.right, cards.length),
    }
  }
}

function dealt(layer: GuessedLayer, seed: number): DealtCards {
  const whyNot = whyNotDealt(layer)
  if (whyNot !== undefined) throw new InspectionError('badInput', whyNot)
  return dealCards(layer, seed)
}

function digestOf(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
}

/** The layer of a run at a kept step. Throws as `RunNetwork.kernels` does, and InspectionError at birth. */
export async function guessedLayerOfRun(network: RunNetwork, layer: string, step: number): Promise<GuessedLayer> {
  if (step === 0) {
    const sentence = 'At step 0 every filter is still as it was born; choose a later step to guess at.'
    throw new InspectionError('badInput', sentence)
  }
  const { dims, data } = await network.kernels(layer, step)
  const [filters = 0, channels = 0, height = 0, width = 0] = dims
  const gains = await network.gains(layer, step)
  // A network that began with filters from elsewhere was not born as noise.
  const { network: begun, resized } = network.folder.settings
  const isBornRandom = begun.kind === 'layers' && resized === undefined
  return {
    shape: [filters, channels, height, width],
    values: data,
    ...(gains !== undefined && { gains }),
    ...(isBornRandom && { birth: (await network.kernels(layer, 0)).data }),
  }
}
