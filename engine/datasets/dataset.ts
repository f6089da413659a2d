import type { DataSummary, SplitName } from '../protocol/data.ts'

/**
 * The pictures of one split, each brought to the data set's one size.
 * `labels[i]` is a class index; pictures are uint8, row-major [height, width, channels] as decoders give them.
 */
export interface Samples {
  readonly count: number
  readonly labels: Uint16Array
  /** Bytes of one picture: height · width · channels. */
  readonly pictureBytes: number
  /**
   * Writes picture `indices[i]` to `target` at i · height · width · channels bytes.
   * Resolves when all are there. A file that can no longer be decoded is reported once as a problem, and the next
   * readable picture of its class in the split stands in for it. Throws DataError naming the file where there is none.
   */
  read(indices: ArrayLike<number>, target: Uint8Array): Promise<void>
  /** The same at once, where pictures lie in memory; undefined where they are decoded from files. */
  readonly readNow: ((indices: ArrayLike<number>, target: Uint8Array) => void) | undefined
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

/** The person ended the opening of a data set. */
export class OpeningCancelledError extends Error {
  override readonly name = 'OpeningCancelledError'
  constructor() {
    super('Opening the data was cancelled.')
  }
}
