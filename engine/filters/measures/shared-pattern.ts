import { columnProducts, plainRowProducts } from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'

/** How much of a filter one spatial pattern explains when every slice counts alike. */
export interface SharedPattern {
  /** The largest eigenvalue's share for the unit slices of a filter: 1 where all show one pattern, up to its sign. */
  readonly share: number
  /** The slices that are not flat. */
  readonly slices: number
}

/** Of `slices` slices of `waves` waves each, starting at `offset`. */
export function sharedPattern(
  coefficients: ArrayLike<number>,
  offset: number,
  slices: number,
  waves: number,
): SharedPattern {
  const lengths = Float64Array.from({ length: slices }, (_, slice) =>
    lengthOf(coefficients, offset + slice * waves, waves),
  )
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  const present = Array.from(lengths.keys()).filter((slice) => (lengths[slice] as number) > 1e-9 * longest)
  const unit = new Float64Array(present.length * waves)
  present.forEach((slice, row) => {
    for (let wave = 0; wave < waves; wave++) {
      unit[row * waves + wave] = (coefficients[offset + slice * waves + wave] as number) / (lengths[slice] as number)
    }
  })
  return { share: topShare(unit, present.length, waves), slices: present.length }
}

/** The largest eigenvalue of Σ z zᵀ over the unit rows z, divided by the number of rows. */
export function topShare(unitRows: Float64Array, rows: number, columns: number): number {
  if (rows === 0) return Number.NaN
  const size = Math.min(rows, columns)
  const product = rows <= columns ? plainRowProducts(unitRows, rows, columns) : columnProducts(unitRows, rows, columns)
  return (symmetricEigenvalues(product, size)[0] as number) / rows
}

function lengthOf(values: ArrayLike<number>, offset: number, count: number): number {
  let square = 0
  for (let index = offset; index < offset + count; index++) square += (values[index] as number) ** 2
  return Math.sqrt(square)
}
