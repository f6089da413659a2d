import { betaQuantile } from '../statistics/tail-probabilities.ts'

/** What a measure does on random weights, drawn or known as a formula. */
export interface Distribution {
  /** The value below which random weights stay with this probability. */
  quantile(probability: number): number
}

/** The measures that decide; each stands for one sentence of the page. */
export type MeasureId =
  | 'smooth'
  | 'spectrum'
  | 'shared'
  | 'family'
  | 'selective'
  | 'nearest'
  | 'pooledSpectrum'
  | 'effectiveRank'
  | 'varianceEntropy'

/** One number of a filter or layer, beside what chance alone makes of it. */
export interface Measure {
  readonly id: MeasureId
  readonly value: number
  /** The probability that random weights look at least as structured. */
  readonly p: number
  readonly distribution: Distribution
}

/** A measure as it travels: its distribution as the quantiles at PROBABILITIES. */
export interface DescribedMeasure {
  readonly id: MeasureId
  readonly value: number
  readonly p: number
  readonly quantiles: readonly number[]
}

/** From one thousandth to all but one, close together in the tails. */
export const PROBABILITIES: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999,
]

export function describeMeasure({ id, value, p, distribution }: Measure): DescribedMeasure {
  return { id, value, p, quantiles: PROBABILITIES.map((probability) => distribution.quantile(probability)) }
}

export function betaDistribution(first: number, second: number): Distribution {
  return { quantile: (probability) => betaQuantile(probability, first, second) }
}
