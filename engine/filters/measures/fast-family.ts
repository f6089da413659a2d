import { type RandomStream, randomStream } from '../../random/stream.ts'
import { type RowProducts, type Values, innerProduct } from '../statistics/inner-product.ts'
import { judgeByColumns } from './column-family.ts'
import { addScaledRow } from './add-scaled-row.ts'
import { scaleRows } from './channel-scaling.ts'
import { type FamilyFold, type FamilyShare, type FastFamilyOptions, familyFolds, standOut } from './family-share.ts'
import { type MainDirections, componentsOf, mainDirections, mainVectors } from './main-directions.ts'

/**
 * The family share of `count` unit rows of `length` values by block power iteration, for large layers: on the inner
 * products of the filters, or where these are more than their weights, on those of the weights. The directions are a
 * little less than the best, which costs power; the p-value stays exact, since a filter that is tested has no part in them.
 */
export async function fastFamilyShares(
  rows: Values,
  count: number,
  length: number,
  options: FastFamilyOptions,
  products: RowProducts,
): Promise<(FamilyShare | undefined)[]> {
  const shares = new Array<FamilyShare | undefined>(count)
  const filterProducts = count <= length ? await products(rows, count, length) : undefined
  for (const [index, fold] of familyFolds(count, options).entries()) {
    const stream = randomStream('fast family', count, index)
    if (filterProducts !== undefined) judgeFold({ rows, count, length }, filterProducts, options, fold, stream, shares)
    else await judgeByColumns({ rows, count, length }, options, fold, stream, products, shares)
  }
  return shares
}

function judgeFold(
  { rows, count, length }: { rows: Values; count: number; length: number },
  products: Values,
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
  const main = mainDirections(among, size, width, options.iterations, stream)
  const directions = Math.min(standOut(main.ritz.values, size, dimensions), countPositive(main.ritz.values))
  if (directions === 0) return
  const axes = options.withoutLeading ? undefined : axesOf(main, directions, others, rows, length)
  const row = new Float64Array(size)
  for (const filter of tested) {
    if (leading !== undefined && (leading.scales[filter] as number) === 0) continue
    fillRow(products, count, filter, others, leading, row)
    const components = componentsOf(row, main)
    let share = 0
    for (let direction = 0; direction < directions; direction++) {
      share += (components[direction] as number) ** 2 / (main.ritz.values[direction] as number)
    }
    shares[filter] = { share: Math.min(1, share), directions, dimensions, axes }
  }
}

/** The main directions of the others' inner products as sums of the others themselves, at unit length. */
function axesOf(
  main: MainDirections,
  directions: number,
  others: readonly number[],
  rows: Values,
  length: number,
): Float64Array {
  const vectors = mainVectors(main, directions)
  const axes = new Float64Array(directions * length)
  for (let axis = 0; axis < directions; axis++) {
    others.forEach((filter, index) => {
      addScaledRow(axes, axis * length, rows, filter * length, vectors[axis * others.length + index] as number, length)
    })
  }
  scaleRows(axes, directions, length)
  return axes
}

function countPositive(values: Float64Array): number {
  return values.filter((value) => value > 1e-9).length
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
