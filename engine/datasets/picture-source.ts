import type { DataProblem, DataSummary, SplitName } from '../protocol/data.ts'
import type { ImageSize } from '../protocol/settings.ts'

/**
 * Where the pixels of a source are: `copy` writes picture `index` (uint8 [H,W,C]) to `target` at `offset` at once,
 * `decode` gives it later and rejects with DataError where the file cannot be decoded; `peek` has it if it is kept.
 */
export type PicturePixels =
  | { readonly kind: 'memory'; copy(index: number, target: Uint8Array, offset: number): void }
  | {
      readonly kind: 'decoded'
      peek(index: number): Uint8Array | undefined
      decode(index: number): Promise<Uint8Array>
    }

/** Everything a format's reader finds, before it is split: one flat list of labelled pictures. */
export interface PictureSource {
  readonly format: DataSummary['format']
  readonly title: string
  readonly classNames: readonly string[]
  readonly classNamesFrom?: DataSummary['classNamesFrom']
  /** True where nothing says what the pictures show: no class has a name then, and every label is 0. */
  readonly unlabelled?: true
  readonly labels: Uint16Array
  /** The split the source itself puts a picture into. */
  readonly splitOf: (index: number) => SplitName
  /** True where the source says which pictures are for validation or test; others are held out by share. */
  readonly given: { readonly validation: boolean; readonly test: boolean }
  readonly image: ImageSize
  readonly pixelValues?: DataSummary['pixelValues']
  readonly originalSizes: DataSummary['originalSizes']
  readonly problems: readonly DataProblem[]
  readonly pixels: PicturePixels
  /** The file picture `index` is in. */
  pathOf(index: number): string
  /** The picture itself, for a person. */
  originOf(index: number): string
  /** Gives back what is held outside of memory. */
  close?(): Promise<void>
}

/** Bytes of one picture. */
export function pictureBytes(image: ImageSize): number {
  return image.width * image.height * image.channels
}
