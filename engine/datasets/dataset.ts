import type { DataSummary, SplitName } from '../protocol/data.ts'

/**
 * The pictures of one split, each brought to the data set's one size.
 * `labels[i]` is a class index; pictures are uint8, row-major [height, width, channels] as decoders give them.
 */
export interface Samples {
  readonly count: number
  readonly labels: Uint16Array
  /**
   * Writes picture `indices[i]` to `target` at i · height · width · channels bytes.
   * Resolves when all are there. Throws DataError naming the file where one cannot be read any more.
   */
  read(indices: ArrayLike<number>, target: Uint8Array): Promise<void>
  /** Where picture `index` comes from, for a person ('train-images-idx3-ubyte.gz #17'). */
  originOf(index: number): string
}

export interface Dataset {
  readonly summary: DataSummary
  readonly splits: Readonly<Record<SplitName, Samples>>
  close(): Promise<void>
}

/** Bad data: one full sentence with the file, the offending value and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError'
}
