import type { Values } from '../statistics/inner-product.ts'
import type { FamilyShare } from './family-share.ts'
import type { BetaShape } from './measure.ts'

/** The share of a filter that points anywhere with equal chance: Beta(directions / 2, (dimensions − directions) / 2), exactly. */
export function evenFamilyNull({ directions, dimensions }: Omit<FamilyShare, 'axes' | 'share'>): BetaShape {
  return { first: directions / 2, second: (dimensions - directions) / 2 }
}

/**
 * The null of family shares where every slice of a filter points anywhere with equal chance but keeps its strength:
 * filters that read the same few channels lie among each other's directions without any pattern in space.
 *
 * With unit slices z at random, strengths s and the part U of the directions that falls on each slice of D waves, the share
 * is |Σ s U z|². Its mean is tr M and its variance 2 tr M² − Σ s⁴ (4 tr G² + 2 (tr G)²) / (D² (D + 2)), where G = U Uᵀ and
 * M = Σ s² G / D; the null is the Beta distribution of that mean and variance. With one slice it is the exact one.
 */
export class StrengthFamilyNull {
  readonly #share: Omit<FamilyShare, 'share'>
  readonly #channels: number
  readonly #waves: number
  /** tr G and 4 tr G² + 2 (tr G)² of every slice. */
  readonly #traces: Float64Array
  readonly #own: Float64Array
  /** Upper triangle of G for every slice, what is off the diagonal times √2, so that squares sum to those of all of G. */
  readonly #products: Float64Array

  /** `axes`: [directions, channels · waves] at unit length. */
  constructor(axes: Float64Array, share: Omit<FamilyShare, 'share'>, channels: number, waves: number) {
    this.#share = share
    this.#channels = channels
    this.#waves = waves
    const count = axes.length / (channels * waves)
    const size = (count * (count + 1)) / 2
    this.#traces = new Float64Array(channels)
    this.#own = new Float64Array(channels)
    this.#products = new Float64Array(channels * size)
    for (let channel = 0; channel < channels; channel++) {
      let trace = 0
      let squares = 0
      let target = channel * size
      for (let i = 0; i < count; i++) {
        for (let j = i; j < count; j++) {
          let product = 0
          const first = (i * channels + channel) * waves
          const second = (j * channels + channel) * waves
          for (let k = 0; k < waves; k++) product += (axes[first + k] as number) * (axes[second + k] as number)
          if (i === j) trace += product
          else product *= Math.SQRT2
          squares += product ** 2
          this.#products[target++] = product
        }
      }
      this.#traces[channel] = trace
      this.#own[channel] = 4 * squares + 2 * trace ** 2
    }
  }

  /** The null of the filter [channels, waves] at `offset`, which has unit length. */
  of(rows: Values, offset: number): BetaShape {
    const size = this.#products.length / this.#channels
    const matrix = new Float64Array(size)
    let mean = 0
    let own = 0
    for (let channel = 0; channel < this.#channels; channel++) {
      let energy = 0
      const start = offset + channel * this.#waves
      for (let k = start; k < start + this.#waves; k++) energy += (rows[k] as number) ** 2
      const product = channel * size
      for (let k = 0; k < size; k++) {
        matrix[k] = (matrix[k] as number) + energy * (this.#products[product + k] as number)
      }
      mean += energy * (this.#traces[channel] as number)
      own += energy ** 2 * (this.#own[channel] as number)
    }
    const squares = matrix.reduce((sum, value) => sum + value ** 2, 0)
    mean /= this.#waves
    const variance = (2 * squares - own / (this.#waves + 2)) / this.#waves ** 2
    const total = (mean * (1 - mean)) / variance - 1
    // Directions that leave no part of such a filter to chance say nothing about it.
    return total > 0 && Number.isFinite(total)
      ? { first: mean * total, second: (1 - mean) * total }
      : evenFamilyNull(this.#share)
  }
}
