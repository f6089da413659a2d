import { gammaUpperTail } from '../statistics/tail-probabilities.ts'

/** What a statistic does on random weights: independent draws, with the tail beyond them by three moments. */
export class NullTable {
  /** The draws in ascending order. */
  readonly draws: Float32Array
  private readonly mean: number
  private readonly deviation: number
  private readonly skewness: number

  constructor(draws: Float32Array) {
    this.draws = draws.sort()
    const count = draws.length
    this.mean = draws.reduce((sum, draw) => sum + draw, 0) / count
    let square = 0
    let cube = 0
    for (const draw of draws) {
      square += (draw - this.mean) ** 2
      cube += (draw - this.mean) ** 3
    }
    this.deviation = Math.sqrt(square / count)
    this.skewness = this.deviation > 0 ? cube / count / this.deviation ** 3 : 0
  }

  /** P[draw ≥ value], never 0. */
  upperTail(value: number): number {
    const below = countBelow(this.draws, value)
    const distance = (value - this.mean) / this.deviation
    return this.withTail(this.draws.length - below, distance, this.skewness)
  }

  /** P[draw ≤ value], never 0. */
  lowerTail(value: number): number {
    const notAbove = countNotAbove(this.draws, value)
    const distance = (this.mean - value) / this.deviation
    return this.withTail(notAbove, distance, -this.skewness)
  }

  /** The value below which `probability` of the draws lie. */
  quantile(probability: number): number {
    const position = probability * (this.draws.length - 1)
    const index = Math.min(Math.floor(position), this.draws.length - 2)
    const from = this.draws[index] ?? Number.NaN
    const to = this.draws[index + 1] ?? from
    return from + (to - from) * (position - index)
  }

  /** Beyond the 20 outermost draws, a gamma distribution with the draws' first three moments goes on. */
  private withTail(asExtreme: number, distance: number, skewness: number): number {
    const p = (1 + asExtreme) / (this.draws.length + 1)
    if (asExtreme + 1 >= 20 || !(this.deviation > 0)) return p
    const shape = 4 / Math.max(skewness, 1e-3) ** 2
    const tail = gammaUpperTail(shape + distance * Math.sqrt(shape), shape)
    return Math.min(p, Math.max(tail, 1e-15))
  }
}

function countBelow(sorted: Float32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

function countNotAbove(sorted: Float32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}
