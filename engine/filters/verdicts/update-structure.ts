import { LAYER_P } from '../../protocol/verdicts.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'
import { STRUCTURED_Q } from './filter-verdict.ts'
import type { LayerVerdict } from './judge-layer.ts'

/** What is left of less than this part of a filter is the rounding of its numbers. */
const SMALLEST_UPDATE = 1e-4

/**
 * What training has made of each filter beside stretching its birth w₀: w − (⟨w, w₀⟩ / ⟨w₀, w₀⟩) w₀, [F, C, kH, kW];
 * zeros for a filter that is still its birth. A random birth covers what a filter learns for a long time; this does not.
 */
export function updatesSinceBirth(now: LayerWeights, birth: LayerWeights): LayerWeights {
  const length = now.values.length / now.shape[0]
  const values = new Float32Array(now.values.length)
  for (let start = 0; start < values.length; start += length) {
    let [inner, atBirth, atPresent] = [0, 0, 0]
    for (let k = start; k < start + length; k++) {
      const [to, from] = [now.values[k] as number, birth.values[k] as number]
      inner += to * from
      atBirth += from ** 2
      atPresent += to ** 2
    }
    const stretch = atBirth > 0 ? inner / atBirth : 0
    let square = 0
    for (let k = start; k < start + length; k++) {
      const update = (now.values[k] as number) - stretch * (birth.values[k] as number)
      values[k] = update
      square += update ** 2
    }
    if (!(square > SMALLEST_UPDATE ** 2 * atPresent)) values.fill(0, start, start + length)
  }
  return { shape: now.shape, values }
}

/**
 * A verdict with that of the updates of its filters beside it: filters that cannot be told from chance, but whose update
 * can, are emerging, and so is their layer. Only for layers that read the pictures themselves: in later ones noise leaves
 * structured updates too, since what these read is itself made of overlapping windows.
 */
export function withUpdates(verdict: LayerVerdict, updates: LayerVerdict): LayerVerdict {
  const filters = verdict.filters.map((filter, index) => {
    const { p, q } = updates.filters[index] ?? { p: null, q: null }
    if (p === null || q === null) return filter
    const isUntold = filter.verdict === 'random' || filter.verdict === 'undecidable'
    const isEmerging = isUntold && q <= STRUCTURED_Q
    return { ...filter, update: { p, q }, ...(isEmerging && { verdict: 'emerging' as const }) }
  })
  const isUntold = verdict.verdict === 'random' || verdict.verdict === 'undecidable'
  const isEmerging = isUntold && updates.p !== null && updates.p <= LAYER_P
  return {
    ...verdict,
    filters,
    ...(updates.p !== null && { updateP: updates.p }),
    ...(isEmerging && { verdict: 'emerging' as const }),
  }
}
