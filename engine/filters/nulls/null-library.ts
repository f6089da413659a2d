import { type RandomStream, randomStream } from '../../random/stream.ts'
import { tailProbabilitiesReady } from '../statistics/tail-probabilities.ts'
import { NullTable } from './null-table.ts'

/** Keeps tables from one start to the next, on disk for example; keys hold letters, digits, '-' and '.' only. */
export interface NullStore {
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, bytes: Uint8Array): Promise<void>
}

/** A null distribution that can be drawn from: `draw` fills one value for each of its `statistics`. */
export interface NullRecipe {
  /** Tells it from all others: its kind and shape. */
  readonly key: string
  readonly count: number
  readonly statistics: number
  /** Draw number `index` of `count`. */
  draw(stream: RandomStream, index: number): ArrayLike<number>
}

/** Changes with whatever changes the draws, so that no table of an older way to draw is read. */
const VERSION = 2

/**
 * The null distributions in use, each drawn once when it is first asked for. The draws depend on the recipe's key alone,
 * so that the same filters get the same p-values everywhere, with and without a store.
 */
export class NullLibrary {
  private readonly tables = new Map<string, Promise<readonly NullTable[]>>()
  private readonly store: NullStore | undefined

  constructor(store?: NullStore) {
    this.store = store
  }

  /** One table for each statistic of the recipe. */
  tablesOf(recipe: NullRecipe): Promise<readonly NullTable[]> {
    const known = this.tables.get(recipe.key)
    if (known !== undefined) return known
    const tables = this.load(recipe)
    this.tables.set(recipe.key, tables)
    // What failed once, a full disk for example, may work the next time.
    tables.catch(() => this.tables.delete(recipe.key))
    return tables
  }

  private async load(recipe: NullRecipe): Promise<readonly NullTable[]> {
    await tailProbabilitiesReady
    const key = `v${VERSION}-${recipe.key}`
    const stored = await this.store?.get(key)
    const known = stored === undefined ? undefined : decode(stored, recipe)
    if (known !== undefined) return known.map((draws) => new NullTable(draws))
    const draws = drawAll(recipe)
    await this.store?.put(key, encode(draws))
    return draws.map((values) => new NullTable(values))
  }
}

function drawAll(recipe: NullRecipe): Float32Array[] {
  const stream = randomStream('null distribution', recipe.key)
  const draws = Array.from({ length: recipe.statistics }, () => new Float32Array(recipe.count))
  for (let index = 0; index < recipe.count; index++) {
    const values = recipe.draw(stream, index)
    draws.forEach((column, statistic) => {
      column[index] = values[statistic] as number
    })
  }
  return draws
}

/** All draws one statistic after the other, as little-endian float32. */
function encode(draws: readonly Float32Array[]): Uint8Array {
  const count = draws.reduce((sum, column) => sum + column.length, 0)
  const view = new DataView(new ArrayBuffer(4 * count))
  let offset = 0
  for (const column of draws) {
    for (const value of column) {
      view.setFloat32(offset, value, true)
      offset += 4
    }
  }
  return new Uint8Array(view.buffer)
}

/** Undefined where the bytes are not what `encode` makes of such a recipe: they are drawn again. */
function decode(bytes: Uint8Array, recipe: NullRecipe): Float32Array[] | undefined {
  if (bytes.byteLength !== 4 * recipe.count * recipe.statistics) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = Float32Array.from({ length: recipe.count * recipe.statistics }, (_, index) =>
    view.getFloat32(4 * index, true),
  )
  if (!values.every((value) => Number.isFinite(value))) return undefined
  return Array.from({ length: recipe.statistics }, (_, statistic) =>
    values.slice(statistic * recipe.count, (statistic + 1) * recipe.count),
  )
}
