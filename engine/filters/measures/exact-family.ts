import { scaleRows } from './channel-scaling.ts'
import { innerProduct } from '../statistics/inner-product.ts'
import { symmetricEigen } from '../statistics/symmetric-eigen.ts'
import { addScaledRow } from './add-scaled-row.ts'
import { type FamilyOptions, type FamilyShare, familyFolds, standOut } from './family-share.ts'

/**
 * The family share of `count` unit rows of `length` values, by all eigenvectors of each part: exact, for small layers.
 * Undefined for a row that is nothing but the leading direction, where that is taken out.
 */
export function exactFamilyShares(
  rows: Float64Array,
  count: number,
  length: number,
  options: FamilyOptions,
): (FamilyShare | undefined)[] {
  // In more dimensions than rows, the rows' coordinates in their own space say the same with fewer numbers.
  const coordinates = length > count ? ownCoordinates(rows, count, length) : rows
  const width = Math.min(count, length)
  const dimensions = length - (options.withoutLeading ? 1 : 0)
  const shares = new Array<FamilyShare | undefined>(count)
  for (const { tested, others } of familyFolds(count, options)) {
    const fold = options.withoutLeading ? withoutLeading(coordinates, count, width, others) : coordinates
    const { values, vectors } = symmetricEigen(covariance(fold, width, others), width)
    const directions = standOut(values.subarray(0, others.length), others.length, dimensions)
    const axes = options.withoutLeading
      ? undefined
      : axesOf({ rows, length }, { coordinates, width }, vectors, others, Math.min(directions, width))
    for (const filter of tested) {
      const energy = energyAlong(fold, filter, width, vectors, width)
      if (!(energy > 0)) continue
      const share = energyAlong(fold, filter, width, vectors, Math.min(directions, width))
      shares[filter] = { share: Math.min(1, share / energy), directions, dimensions, axes }
    }
  }
  return shares
}

/** The first `count` eigenvectors as directions of the rows themselves: Σ (coordinates of x · vector) x over the others, at unit length. */
function axesOf(
  { rows, length }: { rows: Float64Array; length: number },
  { coordinates, width }: { coordinates: Float64Array; width: number },
  vectors: Float64Array,
  others: readonly number[],
  count: number,
): Float64Array {
  const axes = new Float64Array(count * length)
  for (let axis = 0; axis < count; axis++) {
    for (const row of others) {
      const along = innerProduct(coordinates, row * width, vectors, axis * width, width)
      addScaledRow(axes, axis * length, rows, row * length, along, length)
    }
  }
  scaleRows(axes, count, length)
  return axes
}

/** Lower triangular L with L Lᵀ = X Xᵀ (Cholesky): rows with the same inner products as those of X. */
function ownCoordinates(rows: Float64Array, count: number, length: number): Float64Array {
  const lower = new Float64Array(count * count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = innerProduct(rows, i * length, rows, j * length, length)
      sum -= innerProduct(lower, i * count, lower, j * count, j)
      const pivot = lower[j * count + j] as number
      // A row in the space of those before it has no coordinate of its own.
      if (i === j) lower[i * count + i] = sum > 1e-12 ? Math.sqrt(sum) : 0
      else lower[i * count + j] = pivot > 0 ? sum / pivot : 0
    }
  }
  return lower
}

/** Every row at unit length without its part along the leading direction of `others`; 0 where nothing is left. */
function withoutLeading(
  rows: Float64Array,
  count: number,
  width: number,
  others: readonly number[],
): Float64Array<ArrayBuffer> {
  const { vectors } = symmetricEigen(covariance(rows, width, others), width)
  const result = new Float64Array(count * width)
  for (let row = 0; row < count; row++) {
    const offset = row * width
    const along = innerProduct(rows, offset, vectors, 0, width)
    const left = innerProduct(rows, offset, rows, offset, width) - along ** 2
    if (left < 1e-12) continue
    const scale = 1 / Math.sqrt(left)
    for (let k = 0; k < width; k++) {
      result[offset + k] = scale * ((rows[offset + k] as number) - along * (vectors[k] as number))
    }
  }
  return result
}

/** Σ x xᵀ over the chosen rows: the upper triangle of [width, width]. */
function covariance(rows: Float64Array, width: number, chosen: readonly number[]): Float64Array {
  const sum = new Float64Array(width * width)
  for (const row of chosen) {
    const offset = row * width
    for (let i = 0; i < width; i++) {
      const value = rows[offset + i] as number
      if (value === 0) continue
      const target = i * width
      for (let j = i; j < width; j++) {
        sum[target + j] = (sum[target + j] as number) + value * (rows[offset + j] as number)
      }
    }
  }
  return sum
}

function energyAlong(
  rows: Float64Array,
  row: number,
  width: number,
  vectors: Float64Array,
  directions: number,
): number {
  let energy = 0
  for (let direction = 0; direction < directions; direction++) {
    energy += innerProduct(rows, row * width, vectors, direction * width, width) ** 2
  }
  return energy
}
