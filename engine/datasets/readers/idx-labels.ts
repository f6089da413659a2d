import { basename } from 'node:path'
import type { ClassNamesFrom } from '../../protocol/data.ts'
import { DataError } from '../dataset.ts'
import type { IdxFile } from './idx-file.ts'
import { knownByLabels } from '../known-class-names.ts'

/**
 * Class indices and names for the labels of several files, the first being the training labels.
 * With names, label n is the n-th of them. Without, the training labels must run without a gap from 0 (or from 1, as
 * EMNIST's letters do); those of a well-known data set are named as there, others name themselves. Throws DataError naming the first label that is out of range.
 */
export function meaningOfLabels(
  files: readonly IdxFile[],
  named: { readonly path: string; readonly names: readonly string[] } | undefined,
): { labels: Uint16Array; classNames: readonly string[]; classNamesFrom: ClassNamesFrom } {
  const training = files[0] as IdxFile
  const present = new Set(training.data)
  const first = present.has(0) ? 0 : 1
  const classCount = named ? Math.max(named.names.length, 0) : runLength(present, first)
  const last = first + classCount - 1
  const labels = new Uint16Array(files.reduce((sum, file) => sum + file.data.length, 0))
  let position = 0
  for (const file of files) {
    for (const [index, label] of file.data.entries()) {
      if (label < first || label > last) throw outOfRange(file.path, index, label, first, last, named?.path)
      labels[position++] = label - first
    }
  }
  if (named) return { labels, classNames: named.names, classNamesFrom: { kind: 'file', name: basename(named.path) } }
  const known = knownByLabels(training.data)
  if (known) return { labels, classNames: known.classNames, classNamesFrom: { kind: 'known', dataset: known.name } }
  const numbers = Array.from({ length: classCount }, (_, index) => String(index + first))
  return { labels, classNames: numbers, classNamesFrom: { kind: 'numbers' } }
}

function runLength(present: ReadonlySet<number>, first: number): number {
  let length = 0
  while (present.has(first + length)) length++
  return length
}

function outOfRange(
  path: string,
  index: number,
  label: number,
  first: number,
  last: number,
  namesPath: string | undefined,
): DataError {
  const range = last < first ? 'the training labels start neither at 0 nor at 1' : `labels run from ${first} to ${last}`
  return namesPath === undefined
    ? new DataError(
        `${path}: label ${label} of picture #${index} is out of range, as ${range} here; correct it, or put a labels.txt with one class name per line beside it.`,
      )
    : new DataError(
        `${path}: label ${label} of picture #${index} is out of range, as ${basename(namesPath)} names classes ${first} to ${last}; correct the one or the other.`,
      )
}
