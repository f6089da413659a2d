import type { NullLibrary } from '../nulls/null-library.ts'
import type { NullTable } from '../nulls/null-table.ts'
import type { Values } from '../statistics/inner-product.ts'
import { scaleChannels } from './channel-scaling.ts'

/** Fewer channels are too few to be selective among. */
export const FEWEST_CHANNELS = 8

/** Σ share² over the channels, for each of `count` rows that `scaleChannels` has scaled: 1 / channels where all count alike. */
export function selectivities(scaledRows: Values, count: number, channels: number): Float64Array {
  const sums = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    let sum = 0
    for (let k = row * channels; k < (row + 1) * channels; k++) {
      const share = (scaledRows[k] as number) ** 2
      sum += share * share
    }
    sums[row] = sum
  }
  return sums
}

/** What selectivity is in a layer of normal weights of the same shape, computed the same way; 64 filters stand for more. */
export async function selectivityNull(library: NullLibrary, filters: number, channels: number): Promise<NullTable> {
  const rows = filters >= 8 ? Math.min(filters, 64) : filters
  const layers = Math.min(Math.max(4, Math.floor(4000 / rows)), Math.max(4, Math.floor(3e7 / (rows * channels))))
  let drawn: Float64Array = new Float64Array(0)
  const weights = new Float32Array(rows * channels)
  const [table] = await library.tablesOf({
    key: `selectivity-${rows}x${channels}`,
    count: layers * rows,
    statistics: 1,
    draw(stream, index) {
      if (index % rows === 0) {
        for (let k = 0; k < weights.length; k++) weights[k] = stream.normal()
        scaleChannels(weights, rows, channels, 1)
        drawn = selectivities(weights, rows, channels)
      }
      return [drawn[index % rows] as number]
    },
  })
  return table as NullTable
}
