import type { GuessScore, RocPoint } from '../../protocol/guessing.ts'

/** One filter as somebody rated it. */
export interface Rating {
  readonly isTrained: boolean
  /** The larger, the surer that it is trained. */
  readonly score: number
}

/** How well ratings tell trained filters from noise; those from `threshold` on say "learned". There must be some of both. */
export function scoreGuesses(ratings: readonly Rating[], threshold: number): GuessScore {
  const trained = ratings.filter(({ isTrained }) => isTrained).length
  const area = areaUnderCurve(ratings)
  return {
    right: ratings.filter(({ isTrained, score }) => score >= threshold === isTrained).length,
    curve: rocCurve(ratings),
    area,
    ...areaInterval(area, trained, ratings.length - trained),
  }
}

/** One point for each different score, the highest first, between (0, 0) and (1, 1). */
export function rocCurve(ratings: readonly Rating[]): RocPoint[] {
  const trained = ratings.filter(({ isTrained }) => isTrained).length
  const noise = ratings.length - trained
  const thresholds = [...new Set(ratings.map(({ score }) => score))].sort((one, other) => other - one)
  const points = thresholds.map((threshold) => {
    const called = ratings.filter(({ score }) => score >= threshold)
    const hits = called.filter(({ isTrained }) => isTrained).length
    return { falseAlarms: (called.length - hits) / noise, hits: hits / trained }
  })
  return [{ falseAlarms: 0, hits: 0 }, ...points]
}

/** The chance that a trained filter is rated above noise, ties counted half: the area under the curve (Mann and Whitney 1947). */
export function areaUnderCurve(ratings: readonly Rating[]): number {
  const trained = ratings.filter(({ isTrained }) => isTrained)
  const noise = ratings.filter(({ isTrained }) => !isTrained)
  let won = 0
  for (const { score } of trained) {
    for (const { score: other } of noise) won += score > other ? 1 : score === other ? 0.5 : 0
  }
  return won / (trained.length * noise.length)
}

/** 97.5 % of a normal distribution lies below. */
const NORMAL_QUANTILE = 1.959964

/**
 * The area ± 1.96 standard errors, within 0 and 1. The variance is that of Hanley and McNeil, "The meaning and use of the
 * area under a receiver operating characteristic (ROC) curve", Radiology 143 (1982), with their exponential approximation
 * Q₁ = A / (2 − A) and Q₂ = 2A² / (1 + A). At 0 and 1 it is 0: so few ratings cannot tell how near.
 */
export function areaInterval(
  area: number,
  trained: number,
  noise: number,
): { readonly low: number; readonly high: number } {
  const q1 = area / (2 - area)
  const q2 = (2 * area ** 2) / (1 + area)
  const variance =
    (area * (1 - area) + (trained - 1) * (q1 - area ** 2) + (noise - 1) * (q2 - area ** 2)) / (trained * noise)
  const reach = NORMAL_QUANTILE * Math.sqrt(Math.max(0, variance))
  return { low: Math.max(0, area - reach), high: Math.min(1, area + reach) }
}

/** How often a fair coin gets `right` or more of `count` right: the upper tail of a binomial distribution. */
export function coinReaches(right: number, count: number): number {
  let term = 0.5 ** count
  let below = 0
  for (let heads = 0; heads < right; heads++) {
    below += term
    term *= (count - heads) / (heads + 1)
  }
  return Math.min(1, Math.max(0, 1 - below))
}
