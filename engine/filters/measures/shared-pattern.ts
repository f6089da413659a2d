import { type Values, columnProducts, plainRowProducts } from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'

/** How much of a filter one spatial pattern explains when every slice counts alike. */
export interface SharedPattern {
  /** The largest eigenvalue's share for the unit slices of a filter: 1 where all show one pattern, up to its sign. */
  readonly share: number
  /** The slices that are not flat. */
  readonly slices: number
}

/** Of `slices` slices of `waves` waves each, starting at `offset`; `energies` holds the squared length of each. */
export function sharedPattern(
  coefficients: Values,
  offset: number,
  energies: Float64Array,
  waves: number,
): SharedPattern {
  const slices = energies.length
  let most = 0
  for (const energy of energies) most = Math.max(most, energy)
  // The scatter of the unit slices: each takes part with 1 / its energy.
  const weights = energies.map((energy) => (energy > 1e-18 * most ? 1 / energy : 0))
  const present = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0)
  if (present > waves) {
    const scatter = weightedScatter(coefficients, offset, weights, waves)
    return { share: (symmetricEigenvalues(scatter, waves)[0] as number) / present, slices: present }
  }
  const unit = new Float64Array(present * waves)
  let row = 0
  for (let slice = 0; slice < slices; slice++) {
    const scale = Math.sqrt(weights[slice] as number)
    if (scale === 0) continue
    const from = offset + slice * waves
    for (let wave = 0; wave < waves; wave++) unit[row * waves + wave] = scale * (coefficients[from + wave] as number)
    row++
  }
  return { share: topShare(unit, present, waves), slices: present }
}

/** Σ weight · z zᵀ over the slices z: the upper triangle of [waves, waves]; two slices at a time. */
function weightedScatter(coefficients: Values, offset: number, weights: Float64Array, waves: number): Float64Array {
  const scatter = new Float64Array(waves * waves)
  for (let slice = 0; slice < weights.length; slice += 2) {
    const first = offset + slice * waves
    const hasSecond = slice + 1 < weights.length
    const second = hasSecond ? first + waves : first
    const firstWeight = weights[slice] as number
    const secondWeight = hasSecond ? (weights[slice + 1] as number) : 0
    for (let i = 0; i < waves; i++) {
      const a = firstWeight * (coefficients[first + i] as number)
      const b = secondWeight * (coefficients[second + i] as number)
      const row = i * waves
      for (let j = i; j < waves; j++) {
        scatter[row + j] =
          (scatter[row + j] as number) +
          a * (coefficients[first + j] as number) +
          b * (coefficients[second + j] as number)
      }
    }
  }
  return scatter
}

/** The largest eigenvalue of Σ z zᵀ over the unit rows z, divided by the number of rows. */
export function topShare(unitRows: Float64Array, rows: number, columns: number): number {
  if (rows === 0) return Number.NaN
  const size = Math.min(rows, columns)
  const product = rows <= columns ? plainRowProducts(unitRows, rows, columns) : columnProducts(unitRows, rows, columns)
  return (symmetricEigenvalues(product, size)[0] as number) / rows
}
