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
  const lengths = new Float64Array(slices)
  let longest = 0
  for (let slice = 0; slice < slices; slice++) {
    const length = lengthOf(coefficients, offset + slice * waves, waves)
    lengths[slice] = length
    longest = Math.max(longest, length)
  }
  const unit = new Float64Array(slices * waves)
  let present = 0
  for (let slice = 0; slice < slices; slice++) {
    const length = lengths[slice] as number
    if (!(length > 1e-9 * longest)) continue
    const from = offset + slice * waves
    for (let wave = 0; wave < waves; wave++)
      unit[present * waves + wave] = (coefficients[from + wave] as number) / length
    present++
  }
  return { share: topShare(unit.subarray(0, present * waves), present, waves), slices: present }
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
