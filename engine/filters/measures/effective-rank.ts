import type { RandomStream } from '../../random/stream.ts'
import type { NullLibrary } from '../nulls/null-library.ts'
import type { NullTable } from '../nulls/null-table.ts'
import { gammaVariate } from '../statistics/gamma-variate.ts'
import {
  type RowProducts,
  type Values,
  columnProducts,
  plainRowProducts,
  transposed,
} from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'
import { gammaUpperTail, normalLowerTail, normalQuantile } from '../statistics/tail-probabilities.ts'
import { scaleRows } from './channel-scaling.ts'
import type { Distribution } from './measure.ts'

/** exp of the entropy of the eigenvalues' shares: how many filters of equal weight span as much (Roy and Vetterli, 2007). */
export function effectiveRank(eigenvalues: Float64Array): number {
  const total = eigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0)
  let entropy = 0
  for (const value of eigenvalues) {
    const share = value / total
    if (share > 0) entropy -= share * Math.log(share)
  }
  return Math.exp(entropy)
}

/** More filters and weights than this take minutes to take apart. */
export const LARGEST_RANK = 1100

/** The smaller of the two squares whose eigenvalues tell the rank: of rows with the products `cosines`, or of columns. */
export async function smallerProducts(
  rows: Values,
  count: number,
  length: number,
  cosines: Values,
  products: RowProducts,
): Promise<Float64Array> {
  if (count <= length) return new Float64Array(cosines)
  return new Float64Array(await products(transposed(rows, count, length), length, count))
}

/** Up to this size the null is drawn; above, a formula is as good, and drawing would take seconds. */
const LARGEST_DRAWN = 96

/** The effective rank of `count` random directions in `length` dimensions. */
export async function effectiveRankNull(library: NullLibrary, count: number, length: number): Promise<RankNull> {
  const size = Math.min(count, length)
  if (size > LARGEST_DRAWN || count * length > 1e5) return rankByFormula(size, Math.max(count, length))
  const rows = new Float64Array(count * Math.min(count, length))
  const [table] = await library.tablesOf({
    key: `rank-${count}x${length}`,
    count: Math.max(100, Math.min(1000, Math.floor(2e7 / (size ** 3 + count * size ** 2)))),
    statistics: 1,
    draw(stream) {
      fillCoordinates(rows, count, length, stream)
      scaleRows(rows, count, size)
      const product = count <= length ? plainRowProducts(rows, count, size) : columnProducts(rows, count, size)
      return [effectiveRank(symmetricEigenvalues(product, size))]
    },
  })
  return table as NullTable
}

export interface RankNull extends Distribution {
  lowerTail(value: number): number
}

/** Normal rows, or where these are fewer than the dimensions, their coordinates in their own space (Bartlett, 1933). */
function fillCoordinates(rows: Float64Array, count: number, length: number, stream: RandomStream): void {
  if (count > length) {
    for (let k = 0; k < rows.length; k++) rows[k] = stream.normal()
    return
  }
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < row; k++) rows[row * count + k] = stream.normal()
    rows[row * count + row] = Math.sqrt(2 * gammaVariate((length - row) / 2, stream))
  }
}

/**
 * The logarithm of the rank is ln n − n / 2m for n < m (Page, 1993), with deviations of the order of 1 / n. The two
 * factors were fitted to draws: at n = 100 and m from 100 to 300 the median is right to a tenth of a percent and the
 * deviation to a fifth, so a p from it is a rough one. It decides nothing.
 */
function rankByFormula(size: number, other: number): RankNull {
  const ratio = size / other
  const mean = Math.log(size) - ratio / 2 + (0.25 * ratio) / size
  const deviation = (0.8 * ratio) / size
  return {
    quantile: (probability) => Math.exp(mean + deviation * normalQuantile(probability)),
    lowerTail: (value) => Math.max(1e-15, normalLowerTail((Math.log(value) - mean) / deviation)),
  }
}

/** How orthogonal the filters are beside random ones. */
export interface Orthogonality {
  /** The mean squared cosine of two filters, divided by what random directions have: 0 for orthogonal filters. */
  readonly value: number
  /** The probability that random directions are as orthogonal. */
  readonly p: number
}

/** From the cosines of `count` rows of `length` values; squared cosines of two random directions are independent in pairs. */
export function orthogonality(cosines: Values, count: number, length: number): Orthogonality | undefined {
  const pairs = (count * (count - 1)) / 2
  if (pairs < 3 || length < 2) return undefined
  let sum = 0
  for (let row = 1; row < count; row++) {
    for (let other = 0; other < row; other++) sum += (cosines[row * count + other] as number) ** 2
  }
  const mean = pairs / length
  const variance = (pairs * 2 * (length - 1)) / (length ** 2 * (length + 2))
  const shape = mean ** 2 / variance
  return { value: sum / mean, p: 1 - gammaUpperTail((sum / mean) * shape, shape) }
}
