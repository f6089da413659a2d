import { type CardOrigin, FEWEST_FILTERS, FEWEST_WEIGHTS_OF_SLICE, MOST_CARDS } from '../../protocol/guessing.ts'
import { type RandomStream, randomStream, shuffledIndices } from '../../random/stream.ts'
import { filterStates } from '../measures/filter-condition.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'

/** A layer whose filters can be guessed. */
export interface GuessedLayer extends LayerWeights {
  /** The same filters before training, in the same arrangement; left out where that is not known, or was no noise. */
  readonly birth?: LayerWeights['values']
}

export interface Card {
  readonly origin: CardOrigin
  readonly filter: number
}

export interface DealtCards {
  readonly cards: readonly Card[]
  /** [cards, C, kH, kW], each filter divided by the root mean square of its weights. */
  readonly values: Float32Array
  readonly trained: { readonly least: number; readonly most: number }
  /** How many filters of the layer are dead or degenerate. */
  readonly leftOut: number
}

/** The share of trained filters in a round lies between these, so that nobody can count the last ones out. */
const SHARES = { least: 0.4, most: 0.6 }

/** One sentence about a layer that no round can be dealt of; undefined where one can. */
export function whyNotDealt(layer: GuessedLayer): string | undefined {
  const [filters, , height, width] = layer.shape
  if (height * width < FEWEST_WEIGHTS_OF_SLICE) {
    return `The filters of this layer are ${height}×${width} in each channel, too small to show anything to the eye; choose a layer with larger kernels.`
  }
  const usable = usableFilters(layer).length
  if (usable >= FEWEST_FILTERS) return undefined
  const without = usable === filters ? '' : `, without dead and degenerate ones`
  return `This layer has ${usable} ${usable === 1 ? 'filter' : 'filters'}${without}, and a round takes at least ${FEWEST_FILTERS}; choose a larger layer.`
}

/**
 * Mixes trained filters of a layer with noise of the same shape: filters at birth where they are known, and trained ones
 * whose weights lie in another order within each slice. The same layer and seed give the same cards; `whyNotDealt` says
 * where there is no round.
 */
export function dealCards(layer: GuessedLayer, seed: number): DealtCards {
  const [filters, channels, height, width] = layer.shape
  const usable = usableFilters(layer)
  const count = Math.min(MOST_CARDS, Math.floor(usable.length / SHARES.most))
  const trained = { least: Math.ceil(SHARES.least * count), most: Math.floor(SHARES.most * count) }
  const random = randomStream(seed, 'guess')
  const drawn = Array.from(shuffledIndices(usable.length, random), (index) => usable[index] as number)
  const learned = trained.least + random.integer(trained.most - trained.least + 1)
  const noise = count - learned
  const born = layer.birth === undefined ? 0 : Math.floor(noise / 2)
  // Noise is made of filters that are not shown trained, as far as there are enough.
  const source = (at: number) => drawn[(learned + at) % drawn.length] as number
  const dealt: Card[] = [
    ...drawn.slice(0, learned).map((filter): Card => ({ origin: 'trained', filter })),
    ...Array.from({ length: noise }, (_, at): Card => ({
      origin: at < born ? 'birth' : 'shuffled',
      filter: source(at),
    })),
  ]
  const cards = Array.from(shuffledIndices(count, random), (index) => dealt[index] as Card)
  const length = channels * height * width
  const values = new Float32Array(count * length)
  for (const [at, card] of cards.entries()) {
    const target = values.subarray(at * length, (at + 1) * length)
    const from = card.origin === 'birth' ? (layer.birth ?? layer.values) : layer.values
    for (let index = 0; index < length; index++) target[index] = from[card.filter * length + index] as number
    if (card.origin === 'shuffled') shuffleSlices(target, height * width, random)
    toUnitSize(target)
  }
  return { cards, values, trained, leftOut: filters - usable.length }
}

function usableFilters(layer: GuessedLayer): number[] {
  const states = filterStates(layer)
  const born = layer.birth && filterStates({ shape: layer.shape, values: layer.birth })
  return Array.from(states.keys()).filter(
    (filter) => states[filter]?.condition === 'alive' && (born === undefined || born[filter]?.condition === 'alive'),
  )
}

/** Puts the weights of each slice into a random order: what they are stays, where they stand goes. */
function shuffleSlices(filter: Float32Array, slice: number, random: RandomStream): void {
  for (let start = 0; start < filter.length; start += slice) {
    const before = filter.slice(start, start + slice)
    for (const [at, from] of shuffledIndices(slice, random).entries()) filter[start + at] = before[from] as number
  }
}

function toUnitSize(filter: Float32Array): void {
  const square = filter.reduce((sum, weight) => sum + weight ** 2, 0)
  const scale = Math.sqrt(filter.length / square)
  for (let index = 0; index < filter.length; index++) filter[index] = (filter[index] as number) * scale
}
