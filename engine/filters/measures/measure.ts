import { type DescribedMeasure, type MeasureId, PROBABILITIES } from '../../protocol/verdicts.ts'
import { betaQuantile } from '../statistics/tail-probabilities.ts'

/** What a measure does on random weights, drawn or known as a formula. */
export interface Distribution {
  /** The value below which random weights stay with this probability. */
  quantile(probability: number): number
}

/** One number of a filter or layer, beside what chance alone makes of it. */
export interface Measure {
  readonly id: MeasureId
  readonly value: number
  /** The probability that random weights look at least as structured. */
  readonly p: number
  readonly distribution: Distribution
}

export function describeMeasure({ id, value, p, distribution }: Measure): DescribedMeasure {
  return { id, value, p, quantiles: PROBABILITIES.map((probability) => distribution.quantile(probability)) }
}

/** The parameters of a Beta distribution. */
export interface BetaShape {
  readonly first: number
  readonly second: number
}

export function betaDistribution({ first, second }: BetaShape): Distribution {
  return { quantile: (probability) => betaQuantile(probability, first, second) }
}
