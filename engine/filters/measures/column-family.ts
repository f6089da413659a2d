import type { RandomStream } from '../../random/stream.ts'
import { type RowProducts, type Values, innerProduct, transposed } from '../statistics/inner-product.ts'
import { type FamilyFold, type FamilyShare, type FastFamilyOptions, standOut } from './family-share.ts'
import { componentsOf, mainDirections, mainVectors } from './main-directions.ts'

interface UnitRows {
  readonly rows: Values
  readonly count: number
  readonly length: number
}

/** Turns of the leading direction, which has to be met well: what is left of it would pass for a family. */
const LEADING_TURNS = 12

/** The shares of one part of more filters than weights: the directions are sought among the weights, which is less work. */
export async function judgeByColumns(
  layer: UnitRows,
  options: FastFamilyOptions,
  { tested, others }: FamilyFold,
  stream: RandomStream,
  products: RowProducts,
  shares: (FamilyShare | undefined)[],
): Promise<void> {
  const { length } = layer
  const dimensions = length - (options.withoutLeading ? 1 : 0)
  const leading = options.withoutLeading
    ? mainDirections(await scatter(layer, others, undefined, products), length, 1, LEADING_TURNS, stream).block
    : undefined
  const width = Math.min(options.mostDirections, Math.floor(dimensions / 2), others.length)
  const matrix = await scatter(layer, others, leading, products)
  const main = mainDirections(matrix, length, width, options.iterations, stream)
  const directions = standOut(main.ritz.values, others.length, dimensions)
  const axes = options.withoutLeading ? undefined : mainVectors(main, directions)
  const row = new Float64Array(length)
  for (const filter of tested) {
    if (!copyWithout(layer, filter, leading, row)) continue
    const components = componentsOf(row, main)
    let share = 0
    for (let direction = 0; direction < directions; direction++) share += (components[direction] as number) ** 2
    shares[filter] = { share: Math.min(1, share), directions, dimensions, axes }
  }
}

/** Σ x xᵀ [length, length] over the chosen rows without the leading direction. */
async function scatter(
  layer: UnitRows,
  chosen: readonly number[],
  leading: Float64Array | undefined,
  products: RowProducts,
): Promise<Float64Array> {
  const { length } = layer
  const rows = new Float32Array(chosen.length * length)
  const row = new Float64Array(length)
  chosen.forEach((filter, index) => {
    if (copyWithout(layer, filter, leading, row)) rows.set(row, index * length)
  })
  return new Float64Array(await products(transposed(rows, chosen.length, length), length, chosen.length))
}

/** Writes a filter at unit length without the leading direction to `target`; false where nothing is left of it. */
function copyWithout(
  { rows, length }: UnitRows,
  filter: number,
  leading: Float64Array | undefined,
  target: Float64Array,
): boolean {
  const offset = filter * length
  for (let k = 0; k < length; k++) target[k] = rows[offset + k] as number
  if (leading === undefined) return true
  const along = innerProduct(target, 0, leading, 0, length)
  const left = 1 - along ** 2
  if (left < 1e-9) return false
  const scale = 1 / Math.sqrt(left)
  for (let k = 0; k < length; k++) target[k] = scale * ((target[k] as number) - along * (leading[k] as number))
  return true
}
