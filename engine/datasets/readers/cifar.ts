import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type SplitName, splitNames } from '../../protocol/data.ts'
import { DataError } from '../dataset.ts'
import { cifar10, cifar100, type KnownDataset } from '../known-class-names.ts'
import { type OpenOptions, OpeningStage } from '../opening.ts'
import { type PictureSource, pictureBytes } from '../picture-source.ts'
import type { Place, Reader } from './reader.ts'

const image = { width: 32, height: 32, channels: 3, fit: 'crop' } as const
const PLANE_BYTES = 32 * 32
const PICTURE_BYTES = pictureBytes(image)

/**
 * A record is its label bytes, then the red, the green and the blue plane; the last label byte is the class. Both
 * layouts are described at https://www.cs.toronto.edu/~kriz/cifar.html.
 */
export interface CifarLayout {
  readonly format: 'cifar10' | 'cifar100'
  readonly known: KnownDataset
  /** Of each label byte, how many values it can have. */
  readonly labelCounts: readonly number[]
  readonly namesFile: string
  readonly coarseNamesFile?: string
}

export const cifar10Layout: CifarLayout = {
  format: 'cifar10',
  known: cifar10,
  labelCounts: [10],
  namesFile: 'batches.meta.txt',
}

export const cifar100Layout: CifarLayout = {
  format: 'cifar100',
  known: cifar100,
  // The superclass, then the class.
  labelCounts: [20, 100],
  namesFile: 'fine_label_names.txt',
  coarseNamesFile: 'coarse_label_names.txt',
}

const layouts = [cifar10Layout, cifar100Layout]

/** No batch anybody publishes holds nearly so many pictures; far larger files are something else. */
const MAX_RECORDS = 1_000_000

/** So many labels that fit leave no room for chance. */
const LABELS_LOOKED_AT = 64

interface CifarBatches {
  readonly layout: CifarLayout
  readonly folder: string
  readonly files: readonly { readonly path: string; readonly split: SplitName }[]
}

/** CIFAR-10 and CIFAR-100 binary batches, alone or as a folder of them. */
export const cifarReader: Reader = async (place) => {
  const batches = await findBatches(place)
  return batches && ((request) => openCifar(place.path, batches, request))
}

function recordBytes({ labelCounts }: CifarLayout): number {
  return labelCounts.length + PICTURE_BYTES
}

async function findBatches(place: Place): Promise<CifarBatches | undefined> {
  const { path, isFolder, folder } = place
  if (!isFolder) {
    const layout = (await layoutOf(path)) ?? layoutByName(basename(path), place)
    return layout && { layout, folder, files: [{ path, split: 'train' }] }
  }
  const found: { path: string; split: SplitName; layout: CifarLayout }[] = []
  for (const name of place.files.filter((each) => /\.bin$/i.test(each))) {
    const layout = (await layoutOf(join(folder, name))) ?? layoutByName(name, place)
    if (layout !== undefined) found.push({ path: join(folder, name), split: splitByName(name), layout })
  }
  const [first] = found
  if (first === undefined) return undefined
  const other = found.find(({ layout }) => layout !== first.layout)
  if (other !== undefined) {
    throw new DataError(
      `${path} holds batches of ${first.layout.known.name} (${basename(first.path)}) and of ${other.layout.known.name} (${basename(other.path)}); choose one of the files, or move those of one set elsewhere.`,
    )
  }
  if (!found.some(({ split }) => split === 'train')) {
    throw new DataError(
      `${path} holds ${found.map((file) => basename(file.path)).join(', ')} but no batch to train on; add one, or choose the file itself.`,
    )
  }
  return {
    layout: first.layout,
    folder,
    files: splitNames.flatMap((split) => found.filter((file) => file.split === split)),
  }
}

function splitByName(name: string): SplitName {
  if (/test/i.test(name)) return 'test'
  return /val/i.test(name) ? 'validation' : 'train'
}

/** The layout whose records the length is a whole number of, and whose labels the label bytes can be. */
async function layoutOf(path: string): Promise<CifarLayout | undefined> {
  const { size } = await stat(path)
  for (const layout of layouts) {
    const bytes = recordBytes(layout)
    const count = size / bytes
    if (count < 1 || !Number.isInteger(count)) continue
    if (await hasLabels(path, layout, count)) return layout
  }
  return undefined
}

async function hasLabels(path: string, { labelCounts }: CifarLayout, count: number): Promise<boolean> {
  const file = await open(path)
  try {
    const labels = Buffer.alloc(labelCounts.length)
    const step = Math.max(1, Math.floor(count / LABELS_LOOKED_AT))
    for (let record = 0; record < count; record += step) {
      const position = record * (labelCounts.length + PICTURE_BYTES)
      const { bytesRead } = await file.read(labels, 0, labels.length, position)
      if (bytesRead < labels.length || !labelCounts.every((limit, at) => (labels[at] as number) < limit)) return false
    }
    return true
  } finally {
    await file.close()
  }
}

/** A damaged batch still says by its name what it should be, so that its own error is shown. */
function layoutByName(name: string, { files }: Place): CifarLayout | undefined {
  if (!/\.bin$/i.test(name)) return undefined
  if (/^(data|test)_batch/i.test(name)) return cifar10Layout
  return files.includes(cifar100Layout.namesFile) ? cifar100Layout : undefined
}

export interface CifarBatch {
  /** The class of each picture. */
  readonly labels: Uint8Array
  /** Its superclass, in CIFAR-100. */
  readonly coarse: Uint8Array
  /** uint8 [count, 32, 32, 3]. */
  readonly pixels: Uint8Array
}

/** Pictures and labels of one batch file. Throws DataError on a wrong length or label. */
export function parseCifarBatch(path: string, bytes: Uint8Array, layout: CifarLayout): CifarBatch {
  const { labelCounts, known } = layout
  const perRecord = recordBytes(layout)
  if (bytes.length === 0 || bytes.length % perRecord !== 0) {
    throw new DataError(
      `${path} holds ${bytes.length} bytes, which is no whole number of ${known.name} records of ${perRecord} bytes; it is damaged or cut short, download it again.`,
    )
  }
  const count = bytes.length / perRecord
  const labels = new Uint8Array(count)
  const coarse = new Uint8Array(count)
  const pixels = new Uint8Array(count * PICTURE_BYTES)
  for (let record = 0; record < count; record++) {
    const start = record * perRecord
    for (const [at, limit] of labelCounts.entries()) {
      const label = bytes[start + at] as number
      if (label < limit) continue
      const what = at < labelCounts.length - 1 ? 'superclass' : 'label'
      throw new DataError(
        `${path}: ${what} ${label} of picture #${record} is out of range, as ${known.name} has 0 to ${limit - 1}; the file is damaged or of another format.`,
      )
    }
    coarse[record] = bytes[start] as number
    labels[record] = bytes[start + labelCounts.length - 1] as number
    for (let channel = 0; channel < 3; channel++) {
      const plane = start + labelCounts.length + channel * PLANE_BYTES
      let target = record * PICTURE_BYTES + channel
      for (let pixel = 0; pixel < PLANE_BYTES; pixel++, target += 3) pixels[target] = bytes[plane + pixel] as number
    }
  }
  return { labels, coarse, pixels }
}

/** Reads all batches into memory (60,000 pictures are 184 MB). Throws DataError on every fault of the files. */
async function openCifar(
  title: string,
  { layout, folder, files }: CifarBatches,
  options: OpenOptions,
): Promise<PictureSource> {
  const stage = new OpeningStage(`Reading ${layout.known.name} batches`, files.length, options)
  const parts: ({ path: string; split: SplitName; start: number } & CifarBatch)[] = []
  let count = 0
  for (const { path, split } of files) {
    const { size } = await stat(path)
    if (size > MAX_RECORDS * recordBytes(layout)) {
      throw new DataError(
        `${path} holds ${size} bytes, far more than a ${layout.known.name} batch; choose the right file.`,
      )
    }
    const part = parseCifarBatch(path, await readFile(path), layout)
    parts.push({ path, split, start: count, ...part })
    count += part.labels.length
    stage.advance(1)
  }
  const labels = new Uint16Array(count)
  for (const part of parts) labels.set(part.labels, part.start)
  const partOf = (index: number) => parts.findLast((part) => part.start <= index) as (typeof parts)[number]
  const coarseNames =
    layout.coarseNamesFile === undefined
      ? undefined
      : await readNames(folder, layout.coarseNamesFile, layout.labelCounts[0] as number)
  return {
    format: layout.format,
    title,
    ...(await classNames(folder, layout)),
    labels,
    splitOf: (index) => partOf(index).split,
    given: {
      validation: files.some((file) => file.split === 'validation'),
      test: files.some((file) => file.split === 'test'),
    },
    image,
    originalSizes: [{ width: image.width, height: image.height, count }],
    problems: [],
    pixels: {
      kind: 'memory',
      copy(index, target, offset) {
        const { pixels, start } = partOf(index)
        const position = (index - start) * PICTURE_BYTES
        target.set(pixels.subarray(position, position + PICTURE_BYTES), offset)
      },
    },
    pathOf: (index) => partOf(index).path,
    originOf: (index) => {
      const { path, start, coarse } = partOf(index)
      const superclass = coarseNames?.[coarse[index - start] as number]
      return `${basename(path)} #${index - start}${superclass === undefined ? '' : ` (${superclass})`}`
    },
  }
}

async function classNames(
  folder: string,
  { namesFile, known }: CifarLayout,
): Promise<Pick<PictureSource, 'classNames' | 'classNamesFrom'>> {
  const names = await readNames(folder, namesFile, known.classNames.length)
  return names === undefined
    ? { classNames: known.classNames, classNamesFrom: { kind: 'known', dataset: known.name } }
    : { classNames: names, classNamesFrom: { kind: 'file', name: namesFile } }
}

/** The lines of a file of names, where there is one. Throws DataError where they are not `count`. */
async function readNames(folder: string, file: string, count: number): Promise<readonly string[] | undefined> {
  if (!(await readdir(folder)).includes(file)) return undefined
  const path = join(folder, file)
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim())
  const names = lines.filter((line) => line !== '')
  if (names.length === count) return names
  throw new DataError(`${path} names ${names.length} classes instead of ${count}; correct it or take it away.`)
}
