import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type SplitName, splitNames } from '../../protocol/data.ts'
import { DataError } from '../dataset.ts'
import { type IdxFile, looksLikeIdx, readIdx } from './idx-file.ts'
import { meaningOfLabels } from './idx-labels.ts'
import type { OpenOptions } from '../opening.ts'
import type { PictureSource } from '../picture-source.ts'
import type { Place, Reader } from './reader.ts'

/** An images file with the labels file that belongs to it. */
interface IdxPair {
  readonly split: SplitName
  readonly images: string
  /** undefined where none lies beside the pictures. */
  readonly labels: string | undefined
}

const NAMES_FILES = ['labels.txt', 'classes.txt', 'class_names.txt']

/** IDX files, alone or as a folder of them. */
export const idxReader: Reader = async (place) => {
  const pairs = await findIdxPairs(place)
  return pairs && ((request) => openIdx(place.path, pairs, request))
}

/**
 * The IDX pairs of a folder (train, t10k/test, val by name), or the one pair a single images file belongs to;
 * undefined where there is no IDX file at all; training first. Throws DataError where it is not clear what to train on.
 */
async function findIdxPairs({ path, isFolder, folder, files: names }: Place): Promise<readonly IdxPair[] | undefined> {
  const files = await idxFiles(folder, names)
  if (!isFolder) {
    const chosen = files.find((file) => file.path === join(folder, basename(path)))
    if (chosen === undefined) return undefined
    if (chosen.rank === 1) {
      throw new DataError(`${path} holds labels, not pictures; choose the images file or the folder that holds both.`)
    }
    return [{ ...pairFor(chosen.path, files), split: 'train' }]
  }
  if (files.length === 0) return undefined
  const images = files.filter((file) => file.rank === 3)
  if (images.length === 0) {
    throw new DataError(`${path} holds IDX labels but no IDX pictures; put the images file beside them.`)
  }
  const pairs = images.map((file) => pairFor(file.path, files))
  if (pairs.length === 1) return pairs.map((pair) => ({ ...pair, split: 'train' as const }))
  for (const split of splitNames) {
    const ofSplit = pairs.filter((pair) => pair.split === split)
    if (ofSplit.length > 1) {
      const names = ofSplit.map((pair) => basename(pair.images)).join(', ')
      throw new DataError(
        `${path} holds several IDX files of ${split} pictures (${names}); choose one of them instead.`,
      )
    }
    if (split === 'train' && ofSplit.length === 0) {
      throw new DataError(`${path} holds IDX pictures but none for training; name one of the files “train-images…”.`)
    }
  }
  return splitNames.flatMap((split) => pairs.filter((pair) => pair.split === split))
}

interface FoundFile {
  readonly path: string
  readonly rank: number
}

async function idxFiles(folder: string, files: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  // A folder of thousands of loose files is no IDX set; only such names and gzip files are worth opening.
  for (const name of files.filter((name) => /idx|ubyte|\.gz$/i.test(name))) {
    const path = join(folder, name)
    const rank = (await looksLikeIdx(path)) ?? rankByName(name)
    if (rank !== undefined) found.push({ path, rank })
  }
  return found
}

/** A damaged file still says by its name what it should be, so that its own error is shown. */
function rankByName(name: string): number | undefined {
  if (/idx3/i.test(name)) return 3
  if (/idx1/i.test(name)) return 1
  return undefined
}

function pairFor(images: string, files: readonly FoundFile[]): IdxPair {
  const split = splitByName(basename(images))
  const labelFiles = files.filter((file) => file.rank === 1)
  const key = pairKey(basename(images))
  const ofSplit = labelFiles.filter((file) => splitByName(basename(file.path)) === split)
  const labels = labelFiles.find((file) => pairKey(basename(file.path)) === key) ?? onlyOne(ofSplit)
  return { split, images, labels: labels?.path }
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined
}

/** The same for an images file and its labels file. */
function pairKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.gz$/, '')
    .replace(/images?|labels?/, '*')
    .replace(/idx[13]/, 'idx')
}

function splitByName(name: string): SplitName {
  if (/t10k|test/i.test(name)) return 'test'
  if (/val/i.test(name)) return 'validation'
  return 'train'
}

/**
 * Reads IDX pairs (60,000 pictures of 28×28 are 47 MB) into memory as they are, uint8.
 * Throws DataError on every fault of the files and on labels that do not fit the pictures.
 */
async function openIdx(path: string, pairs: readonly IdxPair[], options: OpenOptions): Promise<PictureSource> {
  const parts: { pair: IdxPair; images: IdxFile; labels: IdxFile; start: number }[] = []
  let count = 0
  for (const pair of pairs) {
    const images = await readIdx(pair.images, 3, options)
    // Only now, so that a file that is no IDX file at all is told so first.
    if (pair.labels === undefined) {
      throw new DataError(
        `${pair.images} has no labels file beside it; put the IDX file with its labels (such as “train-labels-idx1-ubyte.gz”) into the same folder.`,
      )
    }
    const labels = await readIdx(pair.labels, 1, options)
    const [pictureCount, labelCount] = [images.dims[0] as number, labels.dims[0] as number]
    if (pictureCount !== labelCount) {
      throw new DataError(
        `${pair.labels} holds ${labelCount} labels but ${basename(pair.images)} holds ${pictureCount} pictures; use the two files that belong together.`,
      )
    }
    parts.push({ pair, images, labels, start: count })
    count += pictureCount
  }
  const [, height, width] = (parts[0] as (typeof parts)[number]).images.dims as [number, number, number]
  for (const { images } of parts) {
    if (images.dims[1] !== height || images.dims[2] !== width) {
      throw new DataError(
        `${images.path} holds pictures of ${images.dims[2]}×${images.dims[1]} but the training pictures are ${width}×${height}; use files that belong together.`,
      )
    }
  }
  const { labels, classNames, classNamesFrom } = meaningOfLabels(
    parts.map((part) => part.labels),
    await readNames(dirname((pairs[0] as IdxPair).images)),
  )
  const partOf = (index: number) => parts.findLast((part) => part.start <= index) as (typeof parts)[number]
  const bytes = width * height
  return {
    format: 'idx',
    title: path,
    classNames,
    classNamesFrom,
    labels,
    splitOf: (index) => partOf(index).pair.split,
    given: {
      validation: pairs.some((pair) => pair.split === 'validation'),
      test: pairs.some((pair) => pair.split === 'test'),
    },
    image: { width, height, channels: 1, fit: 'crop' },
    originalSizes: [{ width, height, count }],
    problems: [],
    pixels: {
      kind: 'memory',
      copy(index, target, offset) {
        const { images, start } = partOf(index)
        target.set(images.data.subarray((index - start) * bytes, (index - start + 1) * bytes), offset)
      },
    },
    pathOf: (index) => partOf(index).images.path,
    originOf: (index) => `${basename(partOf(index).images.path)} #${index - partOf(index).start}`,
  }
}

/** IDX has no class names; a text file beside it may: one per line, in label order, optionally numbered. */
async function readNames(folder: string): Promise<{ path: string; names: readonly string[] } | undefined> {
  const present = await readdir(folder)
  const name = NAMES_FILES.find((candidate) => present.includes(candidate))
  if (name === undefined) return undefined
  const path = join(folder, name)
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim())
  const names = lines.filter((line) => line !== '')
  const isNumbered = names.every((line, index) => new RegExp(`^${index}[\\s,:;]+\\S`).test(line))
  return { path, names: isNumbered ? names.map((line) => line.replace(/^\d+[\s,:;]+/, '')) : names }
}
