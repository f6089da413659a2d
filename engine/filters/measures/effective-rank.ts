import type { NullLibrary } from '../nulls/null-library.ts'
import type { NullTable } from '../nulls/null-table.ts'
import { gammaVariate } from '../statistics/gamma-variate.ts'
import { type Values, plainRowProducts } from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'
import { gammaUpperTail } from '../statistics/tail-probabilities.ts'
import { scaleRows } from './channel-scaling.ts'

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

/** The inner products of rows from those of columns where there are fewer of these: the same eigenvalues but for zeros. */
export function smallerProducts(rows: Values, count: number, length: number, cosines: Values): Float64Array {
  if (count <= length) return Float64Array.from(cosines)
  const columns = rows instanceof Float32Array ? new Float32Array(rows.length) : new Float64Array(rows.length)
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < length; k++) columns[k * count + row] = rows[row * length + k] as number
  }
  return plainRowProducts(columns, length, count)
}

/** The effective rank of random directions; by formula where drawing would take long. */
export async function effectiveRankNull(library: NullLibrary, count: number, length: number): Promise<NullTable> {
  const [table] = await library.tablesOf({
    key: `rank-${count}x${length}`,
    count: 100,
    statistics: 1,
    draw(stream) {
      const size = Math.min(count, length)
      if (count > length) {
        const rows = Float64Array.from({ length: count * length }, () => stream.normal())
        scaleRows(rows, count, length)
        return [effectiveRank(symmetricEigenvalues(smallerProducts(rows, count, length, rows), size))]
      }
      // Bartlett's decomposition: the rows' coordinates in their own space, without drawing all of their values.
      const lower = new Float64Array(count * count)
      for (let row = 0; row < count; row++) {
        for (let k = 0; k < row; k++) lower[row * count + k] = stream.normal()
        lower[row * count + row] = Math.sqrt(2 * gammaVariate((length - row) / 2, stream))
      }
      scaleRows(lower, count, count)
      return [effectiveRank(symmetricEigenvalues(plainRowProducts(lower, count, count), size))]
    },
  })
  return table as NullTable
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
