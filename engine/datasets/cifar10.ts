import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SplitName } from '../protocol/data.ts'
import { DataError } from './dataset.ts'
import { cifar10 } from './known-class-names.ts'
import { type OpenOptions, OpeningStage } from './opening.ts'
import { type PictureSource, pictureBytes } from './picture-source.ts'

const image = { width: 32, height: 32, channels: 3, fit: 'crop' } as const
const PLANE_BYTES = 32 * 32
const PICTURE_BYTES = pictureBytes(image)
/** One label byte, then the red, the green and the blue plane. */
const RECORD_BYTES = 1 + PICTURE_BYTES
const CLASS_COUNT = 10
const NAMES_FILE = 'batches.meta.txt'

/** A batch holds 10,000 records; far larger files are something else. */
const MAX_FILE_BYTES = 1_000_000 * RECORD_BYTES

export interface CifarBatches {
  readonly folder: string
  readonly files: readonly { readonly path: string; readonly split: SplitName }[]
}

/** The CIFAR-10 binary batches of a folder, or the one a path names; undefined where there are none. */
export async function findCifarBatches(path: string, isFolder: boolean): Promise<CifarBatches | undefined> {
  if (!isFolder) {
    const isBatch = /\.bin$/i.test(path)
    return isBatch ? { folder: dirname(path), files: [{ path, split: 'train' }] } : undefined
  }
  const names = (await readdir(path)).sort()
  const training = names.filter((name) => /^data_batch.*\.bin$/i.test(name))
  if (training.length === 0) return undefined
  const test = names.filter((name) => /^test_batch.*\.bin$/i.test(name))
  return {
    folder: path,
    files: [
      ...training.map((name) => ({ path: join(path, name), split: 'train' as const })),
      ...test.map((name) => ({ path: join(path, name), split: 'test' as const })),
    ],
  }
}

/** Pictures and labels of one batch file: uint8 [count, 32, 32, 3]. Throws DataError on a wrong length or label. */
export function parseCifarBatch(path: string, bytes: Uint8Array): { labels: Uint8Array; pixels: Uint8Array } {
  if (bytes.length === 0 || bytes.length % RECORD_BYTES !== 0) {
    throw new DataError(
      `${path} holds ${bytes.length} bytes, which is no whole number of CIFAR-10 records of ${RECORD_BYTES} bytes; it is damaged or cut short, download it again.`,
    )
  }
  const count = bytes.length / RECORD_BYTES
  const labels = new Uint8Array(count)
  const pixels = new Uint8Array(count * PICTURE_BYTES)
  for (let record = 0; record < count; record++) {
    const start = record * RECORD_BYTES
    const label = bytes[start] as number
    if (label >= CLASS_COUNT) {
      throw new DataError(
        `${path}: label ${label} of picture #${record} is out of range, as CIFAR-10 has classes 0 to ${CLASS_COUNT - 1}; the file is damaged or of another format.`,
      )
    }
    labels[record] = label
    for (let channel = 0; channel < 3; channel++) {
      const plane = start + 1 + channel * PLANE_BYTES
      let target = record * PICTURE_BYTES + channel
      for (let pixel = 0; pixel < PLANE_BYTES; pixel++, target += 3) pixels[target] = bytes[plane + pixel] as number
    }
  }
  return { labels, pixels }
}

/** Reads all batches into memory (60,000 pictures are 184 MB). Throws DataError on every fault of the files. */
export async function openCifar10(title: string, batches: CifarBatches, options: OpenOptions): Promise<PictureSource> {
  const stage = new OpeningStage('Reading CIFAR-10 batches', batches.files.length, options)
  const parts: { path: string; split: SplitName; labels: Uint8Array; pixels: Uint8Array; start: number }[] = []
  let count = 0
  for (const { path, split } of batches.files) {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) {
      throw new DataError(`${path} holds ${size} bytes, far more than a CIFAR-10 batch; choose the right file.`)
    }
    const part = parseCifarBatch(path, await readFile(path))
    parts.push({ path, split, start: count, ...part })
    count += part.labels.length
    stage.advance(1)
  }
  const labels = new Uint16Array(count)
  for (const part of parts) labels.set(part.labels, part.start)
  const partOf = (index: number) => parts.findLast((part) => part.start <= index) as (typeof parts)[number]
  return {
    format: 'cifar10',
    title,
    ...(await readClassNames(batches.folder)),
    labels,
    splitOf: (index) => partOf(index).split,
    given: { validation: false, test: batches.files.some((file) => file.split === 'test') },
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
    originOf: (index) => `${basename(partOf(index).path)} #${index - partOf(index).start}`,
  }
}

async function readClassNames(folder: string): Promise<Pick<PictureSource, 'classNames' | 'classNamesFrom'>> {
  if (!(await readdir(folder)).includes(NAMES_FILE)) {
    return { classNames: cifar10.classNames, classNamesFrom: { kind: 'known', dataset: cifar10.name } }
  }
  const path = join(folder, NAMES_FILE)
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim())
  const names = lines.filter((line) => line !== '')
  if (names.length !== CLASS_COUNT) {
    throw new DataError(`${path} names ${names.length} classes instead of ${CLASS_COUNT}; correct it or take it away.`)
  }
  return { classNames: names, classNamesFrom: { kind: 'file', name: NAMES_FILE } }
}
