import type { LayerWeights } from './layer-weights.ts'

/** What a filter is before it is tested: only one that is alive and sound says anything about structure. */
export type FilterCondition = 'alive' | 'dead' | 'degenerate'

export interface FilterState {
  readonly condition: FilterCondition
  /** The Euclidean length of the weights; NaN where one is not finite. */
  readonly norm: number
  /** The share of the energy that is no slice's mean; 0 for a filter of zeros. */
  readonly spatialShare: number
}

/** A filter shorter than this part of the layer's typical length is dead. */
const DEAD_NORM = 1e-3
/** A filter that is active at fewer positions is dead. */
const DEAD_ACTIVITY = 1e-3
/** On fewer pictures, silence proves nothing. */
const ENOUGH_PICTURES = 500
/** A spatial filter with less energy beside its slices' means is flat. */
const FLAT_SHARE = 0.02
/** A filter with more energy in one weight is that weight. */
const SPIKE_SHARE = 0.9
/** In slices under this size, chance alone makes flat filters. */
const SMALLEST_FLAT_SLICE = 9
/** In filters under this size, chance alone makes spikes: one in a thousand of this size. */
const SMALLEST_SPIKED = 8

/** Dead before degenerate before anything else: what is left of a dead filter often looks smooth. */
export function filterStates(layer: LayerWeights): FilterState[] {
  const [filters, channels, height, width] = layer.shape
  const length = channels * height * width
  const energies = Array.from({ length: filters }, (_, filter) => energyOf(layer, filter * length, length))
  const norms = energies.map(({ square, unit }, filter) => unit * Math.sqrt(square) * gainOf(layer, filter))
  const typical = typicalNorm(norms)
  return energies.map(({ square, unit, largest, flat }, filter) => {
    const norm = norms[filter] as number
    const spatialShare = square > 0 ? Math.max(0, 1 - flat / square) : 0
    const silent = isSilent(layer, filter)
    let condition: FilterCondition = 'alive'
    if (silent || norm < DEAD_NORM * typical || norm === 0) condition = 'dead'
    else if (!Number.isFinite(norm)) condition = 'degenerate'
    else if (height * width > 1 && spatialShare < (height * width >= SMALLEST_FLAT_SLICE ? FLAT_SHARE : 1e-9)) {
      condition = 'degenerate'
    } else if (length >= SMALLEST_SPIKED && largest > SPIKE_SHARE * square) condition = 'degenerate'
    return { condition, norm: unit * Math.sqrt(square), spatialShare }
  })
}

interface FilterEnergy {
  /** All in units of `unit`², the largest weight squared, so that no square over- or underflows. */
  readonly square: number
  readonly largest: number
  /** What lies in the slices' means. */
  readonly flat: number
  readonly unit: number
}

function energyOf(layer: LayerWeights, offset: number, length: number): FilterEnergy {
  const slice = layer.shape[2] * layer.shape[3]
  let unit = 0
  for (let k = offset; k < offset + length; k++) {
    const size = Math.abs(layer.values[k] as number)
    if (!(size <= Number.MAX_VALUE)) return { square: Number.NaN, largest: Number.NaN, flat: Number.NaN, unit: 1 }
    unit = Math.max(unit, size)
  }
  if (unit === 0) return { square: 0, largest: 0, flat: 0, unit: 0 }
  let square = 0
  let flat = 0
  for (let start = offset; start < offset + length; start += slice) {
    let sum = 0
    for (let k = start; k < start + slice; k++) {
      const value = (layer.values[k] as number) / unit
      sum += value
      square += value ** 2
    }
    flat += sum ** 2 / slice
  }
  return { square, largest: 1, flat, unit }
}

function gainOf(layer: LayerWeights, filter: number): number {
  return Math.abs(layer.gains?.[filter] ?? 1)
}

function isSilent(layer: LayerWeights, filter: number): boolean {
  const activity = layer.activity
  if (activity === undefined || activity.pictures < ENOUGH_PICTURES) return false
  return (activity.shares[filter] ?? 1) < DEAD_ACTIVITY
}

/**
 * The median length of the filters that are not nearly nothing beside the longest tenth: where most filters are dead, the
 * median of all would be a dead one's.
 */
function typicalNorm(norms: readonly number[]): number {
  const present = norms.filter((norm) => norm > 0 && Number.isFinite(norm)).sort((a, b) => a - b)
  const long = present[Math.floor(0.9 * present.length)] ?? 0
  const alive = present.filter((norm) => norm >= DEAD_NORM * long)
  return alive[Math.floor(alive.length / 2)] ?? 0
}
