import type { LayerVerdictName } from '../../protocol/verdicts.ts'
import type { Orthogonality } from '../measures/effective-rank.ts'
import { filterStates } from '../measures/filter-condition.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'
import type { Measure } from '../measures/measure.ts'
import { type LayerMeasures, type MeasureTools, measureLayer } from '../measures/measure-layer.ts'
import { type EstimatedShare, shareOfChance } from '../statistics/combined-tests.ts'
import { tailProbabilitiesReady } from '../statistics/tail-probabilities.ts'
import {
  type FilterVerdict,
  STRUCTURED_Q,
  type Twin,
  findTwin,
  judgeFilter,
  testableWeights,
} from './filter-verdict.ts'
import { nameLayer } from './layer-verdict.ts'

export interface LayerVerdict {
  readonly verdict: LayerVerdictName
  /** Of the layer as a whole; null where nothing could be tested. */
  readonly p: number | null
  readonly filters: readonly FilterVerdict[]
  /** p of what has changed in the filters since their birth; left out where that was not judged. */
  readonly updateP?: number
  /** The estimated share of the filters tested that are still random. */
  readonly pi0: EstimatedShare | null
  readonly pooledSpectrum: Measure | null
  /** How many filters of equal weight span as much. */
  readonly effectiveRank: Measure | null
  /** The effective rank divided by that of random filters of the same shape. */
  readonly diversity: number | null
  readonly orthogonality: Orthogonality | null
  /** More orthogonal than chance: a mark of how the weights were drawn, not of what they learned. */
  readonly isOrthogonal: boolean
  /** Shown because it is published; decides nothing. */
  readonly varianceEntropy: Measure | null
}

/** Four standard deviations: what random layers show three times in 100 000. */
const ORTHOGONAL_P = 3.2e-5

/** Measures every filter of a layer, and tells which are structured and which may as well be chance. */
export async function judgeLayer(layer: LayerWeights, tools: MeasureTools): Promise<LayerVerdict> {
  await tailProbabilitiesReady
  const states = filterStates(layer)
  const alive = Array.from(states.keys()).filter((filter) => states[filter]?.condition === 'alive')
  const measured = alive.length === 0 ? undefined : await measureLayer(layer, alive, tools)
  const [, channels, height, width] = layer.shape
  const twins = measured === undefined ? [] : twinsOf(measured, alive, channels * height * width)
  const rowOf = new Map(alive.map((filter, row) => [filter, row]))
  const filters = states.map((state, index) => {
    const row = rowOf.get(index)
    const found = row === undefined ? undefined : measured?.filters[row]
    const { p = null, q = null, measures = [] } = found ?? {}
    const twin = row === undefined ? undefined : twins[row]
    return judgeFilter({ ...state, index, p, q, measures, twin }, [channels, height, width])
  })
  const p = measured?.p ?? null
  const rank = measured?.effectiveRank ?? null
  const diversity = rank === null ? null : rank.value / rank.distribution.quantile(0.5)
  const verdict = nameLayer({
    filters: filters.length,
    alive: alive.length,
    structured: filters.filter(({ q }) => q !== null && q <= STRUCTURED_Q).length,
    p,
    diversity,
    testableWeights: alive.length * testableWeights(channels, height, width),
  })
  const orthogonality = measured?.orthogonality ?? null
  return {
    verdict,
    p,
    filters,
    pi0: shareOfChance(filters.flatMap((filter) => filter.p ?? [])) ?? null,
    pooledSpectrum: measured?.pooledSpectrum ?? null,
    effectiveRank: rank,
    diversity,
    orthogonality,
    isOrthogonal: orthogonality !== null && orthogonality.p < ORTHOGONAL_P,
    varianceEntropy: measured?.varianceEntropy ?? null,
  }
}

/** The twin of every live filter, by the layer's own indices. */
function twinsOf({ filters, cosines }: LayerMeasures, alive: readonly number[], length: number): (Twin | undefined)[] {
  return filters.map(({ nearest }, row) => {
    const twin = findTwin(row, alive.length, length, cosines, nearest)
    return twin === undefined ? undefined : { index: alive[twin.row] as number, isMirror: twin.isMirror }
  })
}
