import { randomStream, shuffledIndices } from '../../random/stream.ts'

/** How much of a filter lies among the main directions of the others of its layer. */
export interface FamilyShare {
  /** The share of the filter's energy in the top `directions` of the other filters, of `dimensions`. */
  readonly share: number
  readonly directions: number
  readonly dimensions: number
  /** Those directions, [directions, dimensions] at unit length; the same array for all filters of a part. Undefined beside a leading direction that was taken out. */
  readonly axes: Float64Array | undefined
}

export interface FamilyOptions {
  /** The filters are judged in that many parts, each by the main directions of all the others. */
  readonly folds: number
  /** Takes the leading direction out first: for 1×1 filters, which all drift along the mean of what they read. */
  readonly withoutLeading: boolean
  /** Which filters share a part: filter order[i] is in part i mod folds. */
  readonly order?: ArrayLike<number>
}

export interface FastFamilyOptions extends FamilyOptions {
  /** The most directions that are looked for. */
  readonly mostDirections: number
  /** How often the directions are turned towards the main ones; the p-value is exact for any number. */
  readonly iterations: number
}

/** Fewer filters are no family, and fewer dimensions hold no directions beside the main ones. */
export function isFamily(filters: number, dimensions: number, withoutLeading: boolean): boolean {
  return filters >= 6 && dimensions - (withoutLeading ? 1 : 0) >= 4
}

/** One part: the filters that are tested, and those whose main directions they are held against. */
export interface FamilyFold {
  readonly tested: readonly number[]
  readonly others: readonly number[]
}

/** The parts of a layer's filters, the same at every call unless an order is given. */
export function familyFolds(filters: number, options: FamilyOptions): FamilyFold[] {
  const order = options.order ?? shuffledIndices(filters, randomStream('family', filters))
  const folds = Math.min(options.folds, filters)
  return Array.from({ length: folds }, (_, fold) => {
    const tested: number[] = []
    const others: number[] = []
    for (let position = 0; position < filters; position++) {
      const part = position % folds === fold ? tested : others
      part.push(order[position] as number)
    }
    return { tested: tested.sort((a, b) => a - b), others: others.sort((a, b) => a - b) }
  })
}

/**
 * How many of the eigenvalues, descending, of `rows` random unit vectors' inner products stand out from chance: those over
 * the Marchenko–Pastur edge; at least one, at most half of the dimensions.
 */
export function standOut(eigenvalues: ArrayLike<number>, rows: number, dimensions: number): number {
  const edge = (Math.sqrt(Math.max(rows, dimensions) - 0.5) + Math.sqrt(Math.min(rows, dimensions) - 0.5)) ** 2
  let count = 0
  while (count < eigenvalues.length && (eigenvalues[count] as number) * dimensions > edge) count++
  return Math.max(1, Math.min(count, Math.floor(dimensions / 2)))
}
