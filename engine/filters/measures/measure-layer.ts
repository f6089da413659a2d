import type { NullLibrary } from '../nulls/null-library.ts'
import { benjaminiHochberg, combineByCauchy } from '../statistics/combined-tests.ts'
import { type RowProducts, type Values, plainRowProducts } from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'
import { scaleChannels, scaleRows } from './channel-scaling.ts'
import {
  LARGEST_RANK,
  type Orthogonality,
  effectiveRank,
  effectiveRankNull,
  orthogonality,
  smallerProducts,
} from './effective-rank.ts'
import { familyTests } from './family-tests.ts'
import type { LayerWeights } from './layer-weights.ts'
import type { Measure } from './measure.ts'
import { type Nearest, nearestDistribution, nearestRows } from './nearest.ts'
import { FEWEST_CHANNELS, selectivities, selectivityNull } from './selectivity.ts'
import { type Waves, spatialTests, takeApart } from './spatial-tests.ts'
import { LARGEST_SLICE, varianceEntropy, varianceEntropyNull } from './variance-entropy.ts'

export interface MeasureTools {
  /** The null distributions, shared by all layers. */
  readonly nulls: NullLibrary
  /** Computes the products of large layers; plain code where it is left out. */
  readonly rowProducts?: RowProducts
}

export interface FilterMeasures {
  /** Those that decide, then the nearest filter, which does not. */
  readonly measures: readonly Measure[]
  /** The deciding ones combined; null where there is none. */
  readonly p: number | null
  /** p among all filters of the layer; null with p. */
  readonly q: number | null
  readonly nearest: Nearest | undefined
}

export interface LayerMeasures {
  readonly filters: readonly FilterMeasures[]
  /** The layer as a whole: the pooled spectrum and all filters' p combined; null where nothing was tested. */
  readonly p: number | null
  readonly pooledSpectrum: Measure | null
  readonly effectiveRank: Measure | null
  readonly orthogonality: Orthogonality | null
  readonly varianceEntropy: Measure | null
  /** Inner products [count, count] of the filters at unit length. */
  readonly cosines: Values
}

/** More multiplications than this are worth handing over. */
const LARGE_PRODUCT = 1e6

/** Measures the filters of `layer` whose indices are `chosen`: finite, not all zero; the rest of the layer does not count. */
export async function measureLayer(
  layer: LayerWeights,
  chosen: readonly number[],
  { nulls, rowProducts = plainProducts }: MeasureTools,
): Promise<LayerMeasures> {
  const [, channels, height, width] = layer.shape
  const length = channels * height * width
  const count = chosen.length
  const products: RowProducts = (rows, rowCount, rowLength) =>
    rowCount ** 2 * rowLength > LARGE_PRODUCT
      ? rowProducts(rows, rowCount, rowLength)
      : plainProducts(rows, rowCount, rowLength)
  const rows = chosenRows(layer, chosen)
  const entropy = await measureEntropy(rows, count * channels, height * width, nulls)
  scaleRows(rows, count, length)
  const waves = height * width > 1 ? takeApart(rows, count, channels, height, width) : undefined
  const spatial = waves === undefined ? undefined : await spatialTests(waves, nulls)
  const structure =
    waves === undefined
      ? await pointTests(rows.slice(), count, channels, nulls, products)
      : await familyOfWaves(waves, products)
  const cosines = await products(rows, count, length)
  const nearest = nearestRows(cosines, count, length)
  const deciding = nearest.map((_, row) => [...(spatial?.filters[row] ?? []), ...(structure[row] ?? [])])
  const p = deciding.map((measures) => (measures.length === 0 ? null : combineByCauchy(measures.map((m) => m.p))))
  const tested = p.filter((value) => value !== null)
  const q = benjaminiHochberg(tested)
  let position = 0
  const pooled = spatial?.pooled
  const parts = [...(pooled === undefined ? [] : [pooled.p]), ...(tested.length === 0 ? [] : [combineByCauchy(tested)])]
  return {
    filters: deciding.map((measures, row) => ({
      measures: [...measures, ...nearestMeasure(nearest[row], count, length)],
      p: p[row] ?? null,
      q: (p[row] ?? null) === null ? null : (q[position++] ?? null),
      nearest: nearest[row],
    })),
    p: parts.length === 0 ? null : combineByCauchy(parts),
    pooledSpectrum: pooled ?? null,
    effectiveRank: await measureRank(rows, count, length, cosines, nulls, products),
    orthogonality: orthogonality(cosines, count, length) ?? null,
    varianceEntropy: entropy,
    cosines,
  }
}

const plainProducts: RowProducts = (rows, count, length) =>
  Promise.resolve(new Float32Array(plainRowProducts(rows, count, length)))

/** The weights of the chosen filters, divided by the largest of all: everything here is free of scale. */
function chosenRows({ shape, values }: LayerWeights, chosen: readonly number[]): Float32Array {
  const length = shape[1] * shape[2] * shape[3]
  let largest = 0
  for (const filter of chosen) largest = Math.max(largest, largestOf(values, filter * length, length))
  const rows = new Float32Array(chosen.length * length)
  chosen.forEach((filter, row) => copyDivided(values, filter * length, rows, row * length, length, largest))
  return rows
}

function largestOf(values: Values, offset: number, length: number): number {
  let largest = 0
  for (let k = offset; k < offset + length; k++) largest = Math.max(largest, Math.abs(values[k] as number))
  return largest
}

function copyDivided(
  values: Values,
  offset: number,
  rows: Float32Array,
  target: number,
  length: number,
  divisor: number,
): void {
  for (let k = 0; k < length; k++) rows[target + k] = (values[offset + k] as number) / divisor
}

/** The family of a spatial layer looks at the filters' waves alone: a common mean is no common pattern. */
async function familyOfWaves(waves: Waves, products: RowProducts): Promise<Measure[][]> {
  const { coefficients, count, channels } = waves
  const size = waves.height * waves.width - 1
  scaleChannels(coefficients, count, channels, size)
  const family = await familyTests(coefficients, count, [channels, size], false, products)
  return family.map((measure) => (measure === undefined ? [] : [measure]))
}

/** The tests of filters without space: selectivity among the channels, and the family beside the common direction. */
async function pointTests(
  rows: Values,
  count: number,
  channels: number,
  nulls: NullLibrary,
  products: RowProducts,
): Promise<Measure[][]> {
  scaleChannels(rows, count, channels, 1)
  const family = await familyTests(rows, count, [channels, 1], true, products)
  const measures: Measure[][] = family.map((measure) => (measure === undefined ? [] : [measure]))
  if (channels < FEWEST_CHANNELS || count === 0) return measures
  const table = await selectivityNull(nulls, count, channels)
  selectivities(rows, count, channels).forEach((value, row) => {
    measures[row]?.push({ id: 'selective', value, p: table.upperTail(value), distribution: table })
  })
  return measures
}

function nearestMeasure(nearest: Nearest | undefined, count: number, length: number): Measure[] {
  if (nearest === undefined) return []
  const value = Math.abs(nearest.cosine)
  return [{ id: 'nearest', value, p: nearest.p, distribution: nearestDistribution(count, length) }]
}

/** Null where so many eigenvalues would take minutes. */
async function measureRank(
  rows: Values,
  count: number,
  length: number,
  cosines: Values,
  nulls: NullLibrary,
  products: RowProducts,
): Promise<Measure | null> {
  const size = Math.min(count, length)
  if (size > LARGEST_RANK) return null
  const product = await smallerProducts(rows, count, length, cosines, products)
  const value = effectiveRank(symmetricEigenvalues(product, size))
  const distribution = await effectiveRankNull(nulls, count, length)
  return { id: 'effectiveRank', value, p: distribution.lowerTail(value), distribution }
}

async function measureEntropy(rows: Values, slices: number, size: number, nulls: NullLibrary): Promise<Measure | null> {
  if (size < 2 || size > LARGEST_SLICE || slices < 3) return null
  const value = varianceEntropy(rows, slices, size)
  const table = await varianceEntropyNull(nulls, slices, size)
  return { id: 'varianceEntropy', value, p: table.lowerTail(value), distribution: table }
}
