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
  const mean = new Float64Array(size)
  for (let slice = 0; slice < count; slice++) {
    for (let k = 0; k < size; k++) mean[k] = (mean[k] as number) + (slices[slice * size + k] as number) / count
  }
  const scatter = new Float64Array(size * size)
  const centred = new Float64Array(size)
  for (let slice = 0; slice < count; slice++) {
    for (let k = 0; k < size; k++) centred[k] = (slices[slice * size + k] as number) - (mean[k] as number)
    for (let i = 0; i < size; i++) {
      const value = centred[i] as number
      for (let j = i; j < size; j++) {
        scatter[i * size + j] = (scatter[i * size + j] as number) + value * (centred[j] as number)
      }
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
