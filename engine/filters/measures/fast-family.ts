import { type RandomStream, randomStream } from '../../random/stream.ts'
import { type Values, innerProduct } from '../statistics/inner-product.ts'
import { symmetricEigen } from '../statistics/symmetric-eigen.ts'
import {
  type FamilyFold,
  type FamilyOptions,
  type FamilyShare,
  familyFolds,
  familyShare,
  standOut,
} from './family-share.ts'

export interface FastFamilyOptions extends FamilyOptions {
  /** The most directions that are looked for. */
  readonly mostDirections: number
  /** How often the directions are turned towards the main ones; the p-value is exact for any number. */
  readonly iterations: number
}

/**
 * The family share from the unit filters' inner products [count, count] alone, by block power iteration: for large layers.
 * The directions are a little less than the best, which costs power; the p-value stays exact, since a filter that is
 * tested has no part in them.
 */
export function fastFamilyShares(
  products: Values,
  count: number,
  length: number,
  options: FastFamilyOptions,
): (FamilyShare | undefined)[] {
  const shares = new Array<FamilyShare | undefined>(count)
  familyFolds(count, options).forEach((fold, index) => {
    judgeFold(products, count, length, options, fold, randomStream('fast family', count, index), shares)
  })
  return shares
}

function judgeFold(
  products: Values,
  count: number,
  length: number,
  options: FastFamilyOptions,
  { tested, others }: FamilyFold,
  stream: RandomStream,
  shares: (FamilyShare | undefined)[],
): void {
  const size = others.length
  const dimensions = length - (options.withoutLeading ? 1 : 0)
  const leading = options.withoutLeading ? leadingPart(products, count, others, stream) : undefined
  const among = new Float64Array(size * size)
  others.forEach((filter, row) => {
    fillRow(products, count, filter, others, leading, among.subarray(row * size, (row + 1) * size))
  })
  const width = Math.min(options.mostDirections, Math.floor(dimensions / 2), size)
  const block = mainDirections(among, size, width, options.iterations, stream)
  const image = multiplyRows(block, width, among, size)
  const ritz = symmetricEigen(multiplyRows(block, width, image, size, width), width)
  const directions = Math.min(standOut(ritz.values, size, dimensions), countPositive(ritz.values))
  if (directions === 0) return
  const row = new Float64Array(size)
  for (const filter of tested) {
    if (leading !== undefined && (leading.scales[filter] as number) === 0) continue
    fillRow(products, count, filter, others, leading, row)
    let share = 0
    const along = Float64Array.from({ length: width }, (_, column) => innerProduct(block, column * size, row, 0, size))
    for (let direction = 0; direction < directions; direction++) {
      share += innerProduct(along, 0, ritz.vectors, direction * width, width) ** 2 / (ritz.values[direction] as number)
    }
    shares[filter] = familyShare(Math.min(1, share), directions, dimensions)
  }
}

interface LeadingPart {
  /** Each filter's component along the leading direction. */
  readonly along: Float64Array
  /** 1 / length of what is left of it, 0 where nothing is. */
  readonly scales: Float64Array
}

function leadingPart(products: Values, count: number, others: readonly number[], stream: RandomStream): LeadingPart {
  let weights = Float64Array.from(others, () => stream.normal())
  for (let turn = 0; turn < 12; turn++) {
    const next = Float64Array.from(others, (row) => weighted(products, row * count, others, weights))
    const length = Math.sqrt(innerProduct(next, 0, next, 0, next.length))
    if (!(length > 0)) break
    weights = next.map((value) => value / length)
  }
  const image = Float64Array.from({ length: count }, (_, row) => weighted(products, row * count, others, weights))
  const square = others.reduce((sum, row, index) => sum + (weights[index] as number) * (image[row] as number), 0)
  const along = image.map((value) => (square > 0 ? value / Math.sqrt(square) : 0))
  const scales = along.map((value) => (1 - value ** 2 < 1e-9 ? 0 : 1 / Math.sqrt(1 - value ** 2)))
  return { along, scales }
}

function weighted(products: Values, offset: number, others: readonly number[], weights: Float64Array): number {
  let sum = 0
  for (let index = 0; index < others.length; index++) {
    sum += (products[offset + (others[index] as number)] as number) * (weights[index] as number)
  }
  return sum
}

/** The inner products of `filter` with `others`, without the leading direction where that is taken out. */
function fillRow(
  products: Values,
  count: number,
  filter: number,
  others: readonly number[],
  leading: LeadingPart | undefined,
  target: Float64Array,
): void {
  const offset = filter * count
  for (let index = 0; index < others.length; index++) {
    const other = others[index] as number
    const product = products[offset + other] as number
    target[index] =
      leading === undefined
        ? product
        : (product - (leading.along[filter] as number) * (leading.along[other] as number)) *
          (leading.scales[filter] as number) *
          (leading.scales[other] as number)
  }
}

/** `width` orthonormal rows of `size`, turned towards the main eigenvectors of `matrix`. */
function mainDirections(
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
    for (let i = 0; i < rows; i++) result[i * count + j] = innerProduct(left, i * size, right, j * size, size)
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

function countPositive(values: Float64Array): number {
  return values.filter((value) => value > 1e-9).length
}
