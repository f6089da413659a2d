import type { NullLibrary } from '../nulls/null-library.ts'
import type { NullTable } from '../nulls/null-table.ts'
import { gammaVariate } from '../statistics/gamma-variate.ts'
import { type Values, plainRowProducts } from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'

/** Larger slices take too long to draw for a number that decides nothing. */
export const LARGEST_SLICE = 121

/**
 * The entropy, base 10, of the variance that each principal direction of the slices [count, size] explains, as the CNN
 * Filter DB has it (Gavrikov and Keuper, 2022): low where a few patterns make up all slices.
 */
export function varianceEntropy(slices: Values, count: number, size: number): number {
  const scatter = new Float64Array(size * size)
  const sums = new Float64Array(size)
  // Four slices at a time: each entry is then read and written once for four products.
  let start = 0
  const whole = (count - (count % 4)) * size
  for (; start < whole; start += 4 * size) {
    for (let i = 0; i < size; i++) {
      const a = slices[start + i] as number
      const b = slices[start + size + i] as number
      const c = slices[start + 2 * size + i] as number
      const d = slices[start + 3 * size + i] as number
      sums[i] = (sums[i] as number) + a + b + c + d
      for (let j = i; j < size; j++) {
        scatter[i * size + j] =
          (scatter[i * size + j] as number) +
          a * (slices[start + j] as number) +
          b * (slices[start + size + j] as number) +
          c * (slices[start + 2 * size + j] as number) +
          d * (slices[start + 3 * size + j] as number)
      }
    }
  }
  for (; start < count * size; start += size) {
    for (let i = 0; i < size; i++) {
      const a = slices[start + i] as number
      sums[i] = (sums[i] as number) + a
      for (let j = i; j < size; j++) {
        scatter[i * size + j] = (scatter[i * size + j] as number) + a * (slices[start + j] as number)
      }
    }
  }
  for (let i = 0; i < size; i++) {
    const mean = (sums[i] as number) / count
    for (let j = i; j < size; j++) {
      scatter[i * size + j] = (scatter[i * size + j] as number) - mean * (sums[j] as number)
    }
  }
  return entropyOf(symmetricEigenvalues(scatter, size))
}

/** Base 10, of the shares of what is above 0. */
function entropyOf(eigenvalues: Float64Array): number {
  const total = eigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0)
  let entropy = 0
  for (const value of eigenvalues) {
    const share = value / total
    if (share > 0) entropy -= share * Math.log10(share)
  }
  return entropy
}

/** What it is for normal weights of exactly this shape, by Bartlett's decomposition of the scatter matrix. */
export async function varianceEntropyNull(library: NullLibrary, count: number, size: number): Promise<NullTable> {
  const rows = Math.min(count - 1, size)
  const freedom = Math.max(count - 1, size)
  const lower = new Float64Array(rows * rows)
  const [table] = await library.tablesOf({
    key: `entropy-${count}x${size}`,
    count: Math.max(100, Math.min(2000, Math.floor(2e7 / rows ** 3))),
    statistics: 1,
    draw(stream) {
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < row; k++) lower[row * rows + k] = stream.normal()
        lower[row * rows + row] = Math.sqrt(2 * gammaVariate((freedom - row) / 2, stream))
      }
      return [entropyOf(symmetricEigenvalues(plainRowProducts(lower, rows, rows), rows))]
    },
  })
  return table as NullTable
}
