/** Something in the data a person should know: an unreadable file, a skipped folder. */
export interface DataProblem {
  readonly path: string
  readonly message: string
}

export const splitNames = ['train', 'validation', 'test'] as const
export type SplitName = (typeof splitNames)[number]

export interface ClassCount {
  readonly name: string
  readonly train: number
  readonly validation: number
  readonly test: number
}

/**
 * Where class names that the pictures' own place does not give come from: a text file beside the data, a data set whose
 * labels are known, or only the numbers in the file.
 */
export type ClassNamesFrom =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'known'; readonly dataset: string }
  | { readonly kind: 'numbers' }

/** How stored values became pixels, where they were not bytes from 0 to 255: linearly, between these. */
export interface PixelValues {
  /** As NumPy calls it: 'float32'. */
  readonly dataType: string
  /** The value that became 0. */
  readonly black: number
  /** The value that became 255. */
  readonly white: number
}

/** `joined`: several sources of different formats. */
export type DataFormat =
  'xo' | 'idx' | 'cifar10' | 'cifar100' | 'numpy' | 'parquet' | 'table' | 'folder' | 'pictures' | 'joined'

export interface DataSummary {
  readonly format: DataFormat
  /** What was opened, for a person: a path, or 'X or O'. */
  readonly title: string
  readonly classes: readonly ClassCount[]
  /** Left out where folders name the classes, or where they were generated. */
  readonly classNamesFrom?: ClassNamesFrom
  /** True where nothing says what the pictures show: there are no classes then, and nothing can be trained on them. */
  readonly unlabelled?: true
  readonly counts: Readonly<Record<SplitName, number>>
  /** The size every picture is brought to. */
  readonly image: {
    readonly width: number
    readonly height: number
    readonly channels: 1 | 3
    readonly fit: 'crop' | 'pad' | 'stretch'
  }
  /** Left out where pixels were bytes in the source. */
  readonly pixelValues?: PixelValues
  /** Sizes found in the source, most frequent first, at most 20. */
  readonly originalSizes: readonly { readonly width: number; readonly height: number; readonly count: number }[]
  /** Per channel, of the training split, in 0–1. */
  readonly mean: readonly number[]
  readonly standardDeviation: readonly number[]
  /** True where the source brought its own test set. */
  readonly testSetGiven: boolean
  /** First 1,000; `problemCount` is all of them. */
  readonly problems: readonly DataProblem[]
  readonly problemCount: number
}

/** Pixels as they reach the network before normalisation: uint8, [count, height, width, channels]. */
export interface Thumbnails {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Position within the split of each picture. */
  readonly indices: readonly number[]
  readonly labels: readonly number[]
  readonly pixels: Uint8Array
}

/** The first pictures of a training step, as they are and as training sees them. */
export interface TrainingPictures extends Thumbnails {
  /** As they are: uint8, [count, height, width, channels] like `pixels`. */
  readonly originals: Uint8Array
  /** Where pictures are mixed: the class of the other picture, and the share of the picture itself, one each. */
  readonly mixed?: { readonly labels: readonly number[]; readonly shares: readonly number[] }
}
