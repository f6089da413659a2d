import type { RandomStream } from '../../random/stream.ts'
import { innerProduct } from '../statistics/inner-product.ts'
import { addScaledRow } from './add-scaled-row.ts'
import { type SymmetricEigen, symmetricEigen } from '../statistics/symmetric-eigen.ts'

/** Directions near the main eigenvectors of a matrix, found by block power iteration. */
export interface MainDirections {
  /** `width` orthonormal rows; a row of zeros where the matrix has fewer directions. */
  readonly block: Float64Array
  readonly width: number
  /** Of the matrix seen through the block: each vector combines its rows. */
  readonly ritz: SymmetricEigen
}

/** The main `width` directions of the symmetric [size, size] `matrix`, after `iterations` turns towards them. */
export function mainDirections(
  matrix: Float64Array,
  size: number,
  width: number,
  iterations: number,
  stream: RandomStream,
): MainDirections {
  const block = turnTowards(matrix, size, width, iterations, stream)
  const image = multiplyRows(block, width, matrix, size)
  return { block, width, ritz: symmetricEigen(multiplyRows(block, width, image, size, width), width) }
}

/** The component of `row` along each of the main directions, best first. */
export function componentsOf(row: Float64Array, { block, width, ritz }: MainDirections): Float64Array {
  const along = new Float64Array(width)
  for (let i = 0; i < width; i++) along[i] = innerProduct(block, i * row.length, row, 0, row.length)
  const components = new Float64Array(width)
  for (let i = 0; i < width; i++) components[i] = innerProduct(along, 0, ritz.vectors, i * width, width)
  return components
}

/** The best `count` main directions themselves: [count, size] at unit length. */
export function mainVectors({ block, width, ritz }: MainDirections, count: number): Float64Array {
  const size = block.length / width
  const vectors = new Float64Array(count * size)
  for (let i = 0; i < count; i++) {
    for (let row = 0; row < width; row++) {
      addScaledRow(vectors, i * size, block, row * size, ritz.vectors[i * width + row] as number, size)
    }
  }
  return vectors
}

function turnTowards(
  matrix: Float64Array,
  size: number,
  width: number,
  iterations: number,
  stream: RandomStream,
): Float64Array {
  let block: Float64Array = Float64Array.from({ length: width * size }, () => stream.normal())
  for (let turn = 0; turn < iterations; turn++) {
    block = multiplyRows(block, width, matrix, size)
    orthonormalise(block, width, size)
  }
  return block
}

/** [rows, count of `right`]: the inner products of the rows of `left` with those of `right`, both of `size` values. */
function multiplyRows(left: Float64Array, rows: number, right: Float64Array, size: number, count = size): Float64Array {
  const result = new Float64Array(rows * count)
  for (let j = 0; j < count; j++) {
    const other = j * size
    let i = 0
    // Four rows at a time: each value of the large matrix is then read once for four products.
    for (; i + 3 < rows; i += 4) {
      const row = i * size
      let first = 0
      let second = 0
      let third = 0
      let fourth = 0
      for (let k = 0; k < size; k++) {
        const value = right[other + k] as number
        first += value * (left[row + k] as number)
        second += value * (left[row + size + k] as number)
        third += value * (left[row + 2 * size + k] as number)
        fourth += value * (left[row + 3 * size + k] as number)
      }
      result[i * count + j] = first
      result[(i + 1) * count + j] = second
      result[(i + 2) * count + j] = third
      result[(i + 3) * count + j] = fourth
    }
    for (; i < rows; i++) result[i * count + j] = innerProduct(left, i * size, right, other, size)
  }
  return result
}

/** Gram and Schmidt's, twice for the digits; a row in the space of those before becomes 0. */
function orthonormalise(block: Float64Array, rows: number, size: number): void {
  for (let i = 0; i < rows; i++) {
    const before = Math.sqrt(innerProduct(block, i * size, block, i * size, size))
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const along = innerProduct(block, i * size, block, j * size, size)
        for (let k = 0; k < size; k++) {
          block[i * size + k] = (block[i * size + k] as number) - along * (block[j * size + k] as number)
        }
      }
    }
    const length = Math.sqrt(innerProduct(block, i * size, block, i * size, size))
    const scale = length > 1e-10 * before ? 1 / length : 0
    for (let k = 0; k < size; k++) block[i * size + k] = (block[i * size + k] as number) * scale
  }
}
