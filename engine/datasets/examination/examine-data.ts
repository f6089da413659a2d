import { setImmediate as nextTurn } from 'node:timers/promises'
import { type DataProblem, type DataSummary, type SplitName, splitNames } from '../../protocol/data.ts'
import type { DataExamination } from '../../protocol/examination.ts'
import type { Dataset } from '../dataset.ts'
import { type OpenOptions, OpeningStage } from '../opening.ts'
import { PicturePrints } from './picture-print.ts'

const READ_AT_ONCE = 64
const COMPARE_AT_ONCE = 64
const PROBLEMS_LISTED = 1000

/** Numbers kept for the mean pictures of all classes: of large pictures in many classes only the first have one. */
const MEAN_NUMBERS = 32 * 1024 * 1024

/** Which picture is at a number of the prints, which count through all splits. */
interface Place {
  readonly split: SplitName
  readonly index: number
}

/**
 * Looks at every picture: the training split's means and deviations, and whether a validation or test picture is in a
 * split before it (training, validation, test) as well. Throws DataError, or OpeningCancelledError after the signal.
 */
export async function examineData(dataset: Dataset, options: OpenOptions): Promise<DataExamination> {
  const { image, counts, classes } = dataset.summary
  const { width, height, channels } = image
  const total = counts.train + counts.validation + counts.test
  const prints = new PicturePrints(total)
  const means = new PictureMeans(image, classes.length)
  const stage = new OpeningStage('Looking at the pictures', total, options)
  let number = 0
  for (const split of splitNames) {
    await readAll(dataset, split, stage, (picture, index) => {
      if (split === 'train') means.add(picture, dataset.splits.train.labels[index] as number)
      prints.set(number++, picture, image)
    })
  }
  const found = await findRepeated(dataset, prints, options)
  return {
    width,
    height,
    channels,
    pictures: counts.train,
    ...means.results(),
    compared: total - counts.train,
    ...found,
  }
}

async function readAll(
  { splits }: Dataset,
  split: SplitName,
  stage: OpeningStage,
  use: (picture: Uint8Array, index: number) => void,
): Promise<void> {
  const samples = splits[split]
  const { count, pictureBytes } = samples
  const pixels = new Uint8Array(Math.min(READ_AT_ONCE, count) * pictureBytes)
  for (let start = 0; start < count; start += READ_AT_ONCE) {
    const indices = Uint32Array.from({ length: Math.min(READ_AT_ONCE, count - start) }, (_, at) => start + at)
    await samples.read(indices, pixels)
    for (const [at, index] of indices.entries()) {
      use(pixels.subarray(at * pictureBytes, (at + 1) * pictureBytes), index)
    }
    // Lets a wish to cancel in.
    await nextTurn()
    stage.advance(indices.length)
  }
}

async function findRepeated(
  dataset: Dataset,
  prints: PicturePrints,
  options: OpenOptions,
): Promise<Pick<DataExamination, 'exact' | 'near' | 'problems'>> {
  const { counts } = dataset.summary
  const firstOf = { train: 0, validation: counts.train, test: counts.train + counts.validation }
  const placeOf = (at: number): Place => {
    const split = at >= firstOf.test ? 'test' : at >= firstOf.validation ? 'validation' : 'train'
    return { split, index: at - firstOf[split] }
  }
  const total = firstOf.test + counts.test
  const stage = new OpeningStage('Comparing them', total - counts.train, options)
  const known = new Map<string, number>()
  for (let at = 0; at < counts.train; at++) if (!known.has(prints.exactOf(at))) known.set(prints.exactOf(at), at)
  let [exact, near] = [0, 0]
  const problems: DataProblem[] = []
  for (const split of ['validation', 'test'] as const) {
    for (let index = 0; index < counts[split]; index++) {
      const at = firstOf[split] + index
      const same = known.get(prints.exactOf(at))
      const other = same ?? prints.nearest(at, firstOf[split])
      if (same !== undefined) exact++
      else if (other >= 0) near++
      if (other >= 0 && problems.length < PROBLEMS_LISTED) {
        problems.push(describe(dataset, { split, index }, placeOf(other), same !== undefined))
      }
      if (index % COMPARE_AT_ONCE > 0) continue
      await nextTurn()
      stage.advance(Math.min(COMPARE_AT_ONCE, counts[split] - index))
    }
    for (let index = 0; index < counts[split]; index++) {
      const at = firstOf[split] + index
      if (!known.has(prints.exactOf(at))) known.set(prints.exactOf(at), at)
    }
  }
  return { exact, near, problems }
}

const splitTitles: Readonly<Record<SplitName, string>> = { train: 'training', validation: 'validation', test: 'test' }

function describe({ splits, summary }: Dataset, place: Place, other: Place, isExact: boolean): DataProblem {
  const classOf = ({ split, index }: Place) => summary.classes[splits[split].labels[index] as number]?.name ?? ''
  const originOf = ({ split, index }: Place) => splits[split].originOf(index)
  const [own, theirs] = [classOf(place), classOf(other)]
  const likeness = isExact ? 'the very same picture as' : 'nearly the same picture as'
  const classes = own === theirs ? '' : `, there as “${theirs}” and here as “${own}”`
  const advice = isExact
    ? 'accuracy on it says nothing about pictures never seen, so remove one of them'
    : 'look at both, and remove one of them if they show the same thing'
  return {
    path: originOf(place),
    message: `In the ${splitTitles[place.split]} split, it is ${likeness} ${originOf(other)} in the ${splitTitles[other.split]} split${classes}; ${advice}.`,
  }
}

/** Adds up pictures pixel by pixel, over all and over each class. */
class PictureMeans {
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  readonly #classSums: Float64Array
  readonly #classCounts: Uint32Array
  #count = 0

  constructor({ width, height, channels }: DataSummary['image'], classes: number) {
    const size = width * height * channels
    this.#sums = new Float64Array(size)
    this.#squares = new Float64Array(size)
    this.#classCounts = new Uint32Array(Math.min(classes, Math.max(1, Math.floor(MEAN_NUMBERS / size))))
    this.#classSums = new Float64Array(this.#classCounts.length * size)
  }

  add(picture: Uint8Array, label: number): void {
    this.#count++
    const hasMean = label < this.#classCounts.length
    if (hasMean) this.#classCounts[label] = (this.#classCounts[label] as number) + 1
    const first = label * picture.length
    for (let at = 0; at < picture.length; at++) {
      const value = picture[at] as number
      this.#sums[at] = (this.#sums[at] as number) + value
      this.#squares[at] = (this.#squares[at] as number) + value * value
      if (hasMean) this.#classSums[first + at] = (this.#classSums[first + at] as number) + value
    }
  }

  results(): Pick<DataExamination, 'mean' | 'deviation' | 'largestDeviation' | 'classMeans'> {
    const size = this.#sums.length
    const mean = this.#sums.map((sum) => sum / this.#count)
    const deviation = this.#squares.map((sum, at) =>
      Math.sqrt(Math.max(0, sum / this.#count - (mean[at] as number) ** 2)),
    )
    const largestDeviation = deviation.reduce((largest, value) => Math.max(largest, value), 0)
    const classMeans = this.#classSums.map((sum, at) => sum / (this.#classCounts[Math.floor(at / size)] || 1))
    return {
      mean: toBytes(mean, 1),
      deviation: toBytes(deviation, largestDeviation === 0 ? 0 : 255 / largestDeviation),
      largestDeviation,
      classMeans: toBytes(classMeans, 1),
    }
  }
}

function toBytes(values: Float64Array, scale: number): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(scale * value))
}
