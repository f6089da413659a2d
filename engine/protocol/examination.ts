import type { DataProblem } from './data.ts'

/** What the pictures of a data set look like on average, and which of them are in two splits. */
export interface DataExamination {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Training pictures, all of which are looked at. */
  readonly pictures: number
  /** Mean of each pixel of the training pictures: uint8, [height, width, channels]. */
  readonly mean: Uint8Array
  /** Standard deviation of each pixel, such that `largestDeviation` is 255: uint8, [height, width, channels]. */
  readonly deviation: Uint8Array
  /** In values of 0–255. */
  readonly largestDeviation: number
  /** Mean picture of each class, or of as many first ones as fit: uint8, [classes, height, width, channels]. */
  readonly classMeans: Uint8Array
  /** Validation and test pictures, each of which was looked for in the splits before. */
  readonly compared: number
  /** How many of those are there pixel for pixel, and how many nearly so. */
  readonly exact: number
  readonly near: number
  /** One for each of them, the first 1,000. */
  readonly problems: readonly DataProblem[]
}
