import { npyTypeName } from '../../../numpy/npy-header.ts'
import type { ClassNamesFrom } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import { knownByLabels } from '../../known-class-names.ts'
import { numberReader, textAt } from './element-reader.ts'
import { elementBytes, type NpyArray } from './npy-array.ts'

/** The label of each picture as it is stored: a whole number, or a name. */
export interface StoredLabels {
  readonly title: string
  readonly values: readonly (number | string)[]
}

/** Names of classes in label order. */
export interface ClassNames {
  /** What names them, for a person. */
  readonly from: string
  /** True for a text file that lies beside the arrays. */
  readonly isBeside: boolean
  readonly names: readonly string[]
}

/** How many labels an array of shape [N], [N, 1] or [N, classes] (one-hot) holds; undefined for other shapes. */
export function labelCount(shape: readonly number[]): number | undefined {
  return shape.length === 1 || shape.length === 2 ? shape[0] : undefined
}

/**
 * Reads labels: whole numbers or text of shape [N] or [N, 1], or one-hot numbers [N, classes]. Throws DataError where
 * they are fractions, or where a picture has several.
 */
export async function readLabels(array: NpyArray): Promise<StoredLabels> {
  const { bytes, header } = array
  if ((header.shape[1] ?? 1) !== 1) return { title: bytes.title, values: await readOneHot(array) }
  const elements = await readElements(array)
  const broken = elements.findIndex((value) => typeof value === 'number' && !Number.isSafeInteger(value))
  if (broken < 0) return { title: bytes.title, values: elements }
  throw new DataError(
    `${bytes.title}: label ${String(elements[broken])} of picture #${broken} is no whole number; save labels as integers.`,
  )
}

/** The column of the only 1 in each row of [N, classes], which are never all held: of many classes they are a lot. */
async function readOneHot(array: NpyArray): Promise<number[]> {
  const [count = 0, columns = 1] = array.header.shape
  const labels = new Array<number>(count).fill(-1)
  let element = 0
  for await (const values of elementChunks(array)) {
    for (const value of values) {
      // Fortran order lists all pictures of the first class, then all of the second.
      const [row, column] = array.header.fortranOrder
        ? [element % count, Math.floor(element / count)]
        : [Math.floor(element / columns), element % columns]
      element++
      if (value === 0) continue
      if (value !== 1 || labels[row] !== -1) throw severalLabels(array, row)
      labels[row] = column
    }
  }
  const without = labels.indexOf(-1)
  if (without >= 0) throw severalLabels(array, without)
  return labels
}

function severalLabels({ bytes, header }: NpyArray, row: number): DataError {
  return new DataError(
    `${bytes.title} has the shape (${header.shape.join(', ')}), but picture #${row} does not have exactly one 1 and else 0: pictures with several labels or none cannot be learned from here; save one label for each.`,
  )
}

/** Text, or numbers, in the order in which they are stored. */
export async function readElements(array: NpyArray): Promise<readonly (number | string)[]> {
  const elements: (number | string)[] = []
  for await (const values of elementChunks(array)) for (const value of values) elements.push(value)
  return elements
}

async function* elementChunks(array: NpyArray): AsyncGenerator<(number | string)[]> {
  const { type } = array.header
  const number = numberReader(type)
  if (number === undefined && type.kind !== 'U' && type.kind !== 'S') {
    throw new DataError(`${array.bytes.title} holds ${npyTypeName(type)}, which is no kind of label.`)
  }
  for await (const chunk of elementBytes(array)) {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const values: (number | string)[] = []
    for (let at = 0; at < chunk.length; at += type.itemBytes) {
      values.push(number === undefined ? textAt(type, view, at) : number(view, at))
    }
    yield values
  }
}

/**
 * Class indices and names for the labels of several splits, the first being those to train on. With `named`, label n is
 * the n-th name; otherwise the classes are the labels that occur in training, those of a well-known data set named as
 * there. Throws DataError naming the first label that fits no class.
 */
export function classesOf(
  splits: readonly StoredLabels[],
  named: ClassNames | undefined,
): { labels: Uint16Array; classNames: readonly string[]; classNamesFrom?: ClassNamesFrom } {
  const [training] = splits as [StoredLabels]
  const distinct = [...new Set(training.values)]
  const isText = distinct.some((value) => typeof value === 'string')
  const values = isText ? distinct.map(String).sort() : distinct.toSorted((a, b) => Number(a) - Number(b))
  const useNames = named !== undefined && !isText ? named : undefined
  const classes: readonly (number | string)[] = useNames ? useNames.names.map((_, index) => index) : values
  if (classes.length > 65536) {
    throw new DataError(
      `${training.title} holds ${classes.length} different labels, more than the 65,536 classes there can be; these are no classes.`,
    )
  }
  const indexOf = new Map(classes.map((value, index) => [value, index]))
  const labels: number[] = []
  for (const { title, values: own } of splits) {
    for (const [picture, value] of own.entries()) {
      const label = indexOf.get(value)
      if (label !== undefined) {
        labels.push(label)
        continue
      }
      throw new DataError(
        useNames
          ? `${title}: label ${value} of picture #${picture} is out of range, as ${useNames.from} names ${classes.length} classes from 0 on; correct the one or the other.`
          : `${title}: label ${value} of picture #${picture} is that of no training picture; take such pictures out, or train on some of them.`,
      )
    }
  }
  const found = { labels: Uint16Array.from(labels) }
  if (useNames) {
    const { names, from, isBeside } = useNames
    return { ...found, classNames: names, ...(isBeside && { classNamesFrom: { kind: 'file', name: from } }) }
  }
  if (isText) return { ...found, classNames: values.map(String) }
  // Subsets of a training set are common; whichever split is whole tells what it is.
  const known = splits.map((split) => knownOf(split.values)).find((each) => each?.classNames.length === values.length)
  return known
    ? { ...found, classNames: known.classNames, classNamesFrom: { kind: 'known', dataset: known.name } }
    : { ...found, classNames: values.map(String), classNamesFrom: { kind: 'numbers' } }
}

function knownOf(values: readonly (number | string)[]) {
  const fit = values.every((value) => typeof value === 'number' && value >= 0 && value < 256)
  return fit ? knownByLabels(Uint8Array.from(values as readonly number[])) : undefined
}
