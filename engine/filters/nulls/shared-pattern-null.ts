import type { RandomStream } from '../../random/stream.ts'
import { topShare } from '../measures/shared-pattern.ts'
import type { NullLibrary } from './null-library.ts'
import type { NullTable } from './null-table.ts'

/** Exact up to 32 slices; above, the next of a grid below, at which chance shares a little more. */
function slicesOnGrid(slices: number, all: number): number {
  if (slices <= 32 || slices === all) return slices
  const step = Math.log(1.1)
  return Math.floor(32 * Math.exp(step * Math.floor(Math.log(slices / 32) / step + 1e-9)))
}

/** The null of the shared share: `slices` random directions among `waves` waves; a layer's filters have `all` slices. */
export async function sharedPatternNull(
  library: NullLibrary,
  slices: number,
  all: number,
  waves: number,
): Promise<NullTable> {
  const rows = slicesOnGrid(slices, all)
  const unit = new Float64Array(rows * waves)
  const [table] = await library.tablesOf({
    key: `shared-${rows}x${waves}`,
    count: Math.max(600, Math.min(20_000, Math.floor(4e6 / (rows * waves)))),
    statistics: 1,
    draw(stream) {
      for (let row = 0; row < rows; row++) fillDirection(unit, row * waves, waves, stream)
      return [topShare(unit, rows, waves)]
    },
  })
  return table as NullTable
}

/** A direction of equal chance in `size` dimensions. */
function fillDirection(target: Float64Array, offset: number, size: number, stream: RandomStream): void {
  let square = 0
  for (let index = offset; index < offset + size; index++) {
    const value = stream.normal()
    target[index] = value
    square += value ** 2
  }
  const length = Math.sqrt(square)
  for (let index = offset; index < offset + size; index++) target[index] = (target[index] as number) / length
}
