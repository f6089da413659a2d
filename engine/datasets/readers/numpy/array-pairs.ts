import { basename } from 'node:path'
import { type SplitName, splitNames } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import { labelCount } from './label-array.ts'
import type { NpyArray } from './npy-array.ts'
import { pictureLayout } from './picture-layout.ts'

/** Pictures and the labels that belong to them. */
export interface ArrayPair {
  readonly split: SplitName
  readonly pictures: NpyArray
  readonly labels: NpyArray
}

export interface FoundArrays {
  /** Training first. */
  readonly pairs: readonly ArrayPair[]
  /** Text of rank 1 that names the classes in label order. */
  readonly names: NpyArray | undefined
}

/** What an array is by its name, spelt without the split and what joins words. */
const PICTURE_NAMES = /^(x|images?|imgs?|pictures?|data|inputs?|features|arr_?0)$/
const LABEL_NAMES = /^(y|labels?|targets?|class(es)?|lbls?|fine_labels|arr_?1)$/
const CLASS_LIST_NAMES = /^(class|label|target|category)_?names$|^(classes|categories|names)$/

const SPLIT_WORDS: readonly (readonly [SplitName, RegExp])[] = [
  ['test', /test(ing)?|t10k/],
  ['validation', /val(id(ation)?)?|dev/],
  ['train', /train(ing)?/],
]

/**
 * Pairs pictures with labels by their names (train_images with train_labels, x_test with y_test, images with labels,
 * data with targets); where names say nothing, the only array shaped like pictures with the only one shaped like labels.
 * undefined where there is no pair. Throws DataError where several would do.
 */
export function findPairs(path: string, arrays: readonly NpyArray[]): FoundArrays | undefined {
  const named = arrays.map((array) => ({ array, ...readName(array, path) }))
  const names = named.find(({ role, array }) => role !== 'pictures' && isNameList(role, array))?.array
  const isText = (array: NpyArray) => array.header.type.kind === 'U' || array.header.type.kind === 'S'
  const pictures = named.filter(({ role, array }) => role === 'pictures' && !isText(array))
  const pairs = pictures.flatMap(({ array, split, key }): ArrayPair[] => {
    const labels = named.filter((other) => other.role === 'labels' && other.split === split && other.array !== names)
    const sameFile = labels.filter((other) => other.key === key)
    const [label] = sameFile.length > 0 ? sameFile : labels
    return label === undefined ? [] : [{ split: split ?? 'train', pictures: array, labels: label.array }]
  })
  const found = pairs.length > 0 ? pairs : pairByShape(named.map(({ array }) => array).filter((each) => each !== names))
  for (const split of splitNames) {
    const [one, other] = found.filter((pair) => pair.split === split)
    if (one === undefined || other === undefined) continue
    throw new DataError(
      `${path} holds several arrays of ${split} pictures (${one.pictures.bytes.key} in ${basename(one.pictures.bytes.path)}, ${other.pictures.bytes.key} in ${basename(other.pictures.bytes.path)}); choose one of the files, or put them apart.`,
    )
  }
  const [only] = found
  if (only === undefined) return undefined
  if (found.length === 1) return { pairs: [{ ...only, split: 'train' }], names }
  return { pairs: splitNames.flatMap((split) => found.filter((pair) => pair.split === split)), names }
}

interface ReadName {
  readonly role: 'pictures' | 'labels' | 'names' | undefined
  readonly split: SplitName | undefined
  /** The same for the two arrays of a pair of files ('shapes_x.npy', 'shapes_y.npy'), or of one archive. */
  readonly key: string
}

function readName({ bytes }: NpyArray, path: string): ReadName {
  const words = bytes.key.toLowerCase().replace(/([a-z])([A-Z])/g, '$1_$2')
  const file = basename(bytes.path)
    .replace(/\.np[yz]$/i, '')
    .toLowerCase()
  const stem = bytes.path === path || file === words ? '' : file
  const split = splitOf(words) ?? splitOf(stem)
  const rest = SPLIT_WORDS.reduce((text, [, word]) => text.replace(word, ''), words).replace(
    /^[^a-z0-9]+|[^a-z0-9]+$/g,
    '',
  )
  const tail = rest.split(/[^a-z0-9]+/).at(-1) ?? ''
  const roleOf = (name: string): ReadName['role'] => {
    if (CLASS_LIST_NAMES.test(name)) return 'names'
    if (PICTURE_NAMES.test(name)) return 'pictures'
    return LABEL_NAMES.test(name) ? 'labels' : undefined
  }
  const role = roleOf(rest) ?? roleOf(tail)
  return { role, split, key: `${stem} ${roleOf(rest) ? '' : rest.slice(0, rest.length - tail.length)}` }
}

function splitOf(words: string): SplitName | undefined {
  return SPLIT_WORDS.find(([, word]) => word.test(words))?.[0]
}

/** 'classes' may be labels of pictures as well: a list of names is text. */
function isNameList(role: ReadName['role'], { header }: NpyArray): boolean {
  const isText = header.type.kind === 'U' || header.type.kind === 'S'
  return role === 'names' && isText && header.shape.length === 1
}

function pairByShape(arrays: readonly NpyArray[]): ArrayPair[] {
  const isPictures = ({ header }: NpyArray) => pictureLayout(header.shape, false) !== undefined
  const [pictures, second] = arrays.filter(isPictures)
  const [labels, third] = arrays.filter(
    ({ header }) => labelCount(header.shape) !== undefined && header.type.kind !== 'b',
  )
  if (pictures === undefined || second !== undefined || labels === undefined || third !== undefined) return []
  return [{ split: 'train', pictures, labels }]
}
