import { EMERGING_P, type FilterJudgement } from '../../protocol/verdicts.ts'
import type { FilterState } from '../measures/filter-condition.ts'
import type { Measure } from '../measures/measure.ts'
import type { Nearest } from '../measures/nearest.ts'

export interface FilterVerdict extends FilterJudgement {
  /** The Euclidean length of the weights; NaN where one is not finite. */
  readonly norm: number
  readonly measures: readonly Measure[]
}

/** What is known of one filter before the verdict. */
export interface FilterEvidence extends FilterState {
  readonly index: number
  readonly p: number | null
  readonly q: number | null
  readonly measures: readonly Measure[]
  readonly twin: Twin | undefined
}

/** An earlier filter of the same layer that is the same up to its sign. */
export interface Twin {
  readonly index: number
  readonly isMirror: boolean
}

/** At this q, 95 of 100 filters that are called structured are not chance. */
export const STRUCTURED_Q = 0.05
/** Fewer weights that can show structure are too few to tell one filter by. */
const FEWEST_WEIGHTS = 24

/** The verdict of one filter of [channels, height, width]: the first that applies. */
export function judgeFilter(
  evidence: FilterEvidence,
  [channels, height, width]: readonly [number, number, number],
): FilterVerdict {
  const { index, p, q, norm, measures, twin } = evidence
  const result = { index, p, q, norm, measures }
  if (evidence.condition !== 'alive') return { ...result, verdict: evidence.condition }
  if (twin !== undefined) {
    return { ...result, verdict: twin.isMirror ? 'mirror' : 'duplicate', duplicateOf: twin.index }
  }
  if (q !== null && q <= STRUCTURED_Q) return { ...result, verdict: 'structured' }
  if (p !== null && p <= EMERGING_P) return { ...result, verdict: 'emerging' }
  const isEnough = p !== null && testableWeights(channels, height, width) >= FEWEST_WEIGHTS
  return { ...result, verdict: isEnough ? 'random' : 'undecidable' }
}

/** The weights of a filter that its tests read: all but each slice's mean; all of a 1×1 filter. */
export function testableWeights(channels: number, height: number, width: number): number {
  return height * width === 1 ? channels : channels * (height * width - 1)
}

const TWIN_COSINE = 0.95
const TWIN_P = 0.01
/** In fewer dimensions, random filters are as much alike. */
const FEWEST_DIMENSIONS = 20

/** The first of `rows` before `row` that is its twin, where it has one at all; `length` weights each. */
export function findTwin(
  row: number,
  count: number,
  length: number,
  cosines: ArrayLike<number>,
  nearest: Nearest | undefined,
): { readonly row: number; readonly isMirror: boolean } | undefined {
  if (length < FEWEST_DIMENSIONS || nearest === undefined) return undefined
  if (Math.abs(nearest.cosine) < TWIN_COSINE || nearest.p > TWIN_P) return undefined
  let mirror: number | undefined
  for (let other = 0; other < row; other++) {
    const cosine = cosines[row * count + other] as number
    if (cosine >= TWIN_COSINE) return { row: other, isMirror: false }
    if (cosine <= -TWIN_COSINE) mirror ??= other
  }
  return mirror === undefined ? undefined : { row: mirror, isMirror: true }
}
