import { open, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { type DataProblem, type SplitName, splitNames } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import { listFolder } from '../../list-folder.ts'
import { OpeningStage } from '../../opening.ts'
import type { PictureSource } from '../../picture-source.ts'
import { type EncodedPicture, openEncodedPictures } from '../encoded-pictures.ts'
import type { OpenRequest, Place, Reader } from '../reader.ts'
import { splitInName } from '../split-names.ts'
import { type ChosenColumns, chooseColumns } from './parquet-columns.ts'
import { ParquetFile, type RowBlock } from './parquet-file.ts'
import { RecentBlocks } from './recent-blocks.ts'

/** Shards lie at most so deep below the folder of a data set ('data/train/0000.parquet'). */
const DEEPEST = 2

/** A folder of more folders than this is one of class folders. */
const MOST_FOLDERS = 100

interface Shard {
  readonly path: string
  readonly split: SplitName
}

/** Parquet files with pictures in them or beside them, one or many for each split, as Hugging Face writes them. */
export const parquetReader: Reader = async (place) => {
  const shards = place.isFolder ? await findShards(place) : await chosenFile(place.path)
  return shards && ((request) => openParquet(place.path, shards, request))
}

async function chosenFile(path: string): Promise<readonly Shard[] | undefined> {
  const file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close())
  const isParquet = buffer.toString('latin1', 0, bytesRead) === 'PAR1' || /\.parquet$/i.test(path)
  return isParquet ? [{ path, split: 'train' }] : undefined
}

async function findShards({ path, folders, files }: Place): Promise<readonly Shard[] | undefined> {
  const names = await listShards(path, { folders, files }, '', DEEPEST)
  if (names.length === 0) return undefined
  const subsets = [...new Set(names.map(subsetOf))]
  if (subsets.length > 1) {
    throw new DataError(
      `${path} holds Parquet files of several subsets (${subsets.slice(0, 5).join(', ')}); choose the folder of one of them.`,
    )
  }
  const found = names.map((name) => ({ path: join(path, name), split: splitInName(name) ?? 'train' }))
  const splits = new Set(found.map(({ split }) => split))
  if (splits.size === 1) return found.map((shard) => ({ ...shard, split: 'train' }))
  if (!splits.has('train')) {
    throw new DataError(
      `${path} holds Parquet files for ${[...splits].join(' and ')} but none to train on; add one with “train” in its name.`,
    )
  }
  return splitNames.flatMap((split) => found.filter((shard) => shard.split === split))
}

async function listShards(
  folder: string,
  { folders, files }: Pick<Place, 'folders' | 'files'>,
  prefix: string,
  depth: number,
): Promise<string[]> {
  const names = files.filter((name) => /\.parquet$/i.test(name)).map((name) => join(prefix, name))
  // Files in the folder itself are the data; what lies deeper is something else.
  if (names.length > 0 || depth === 0 || folders.length > MOST_FOLDERS) return names
  for (const name of folders) {
    const inside = await listFolder(join(folder, name))
    names.push(...(await listShards(join(folder, name), inside, join(prefix, name), depth - 1)))
  }
  return names
}

/** What a shard's folder says beside the split: the configuration of a data set that comes in several. */
function subsetOf(name: string): string {
  const folders = dirname(name).split(/[\\/]/)
  return folders.filter((part) => part !== '.' && part !== 'data' && splitInName(part) === undefined).join('/') || '.'
}

interface OpenedShard extends Shard {
  readonly file: ParquetFile
  readonly columns: ChosenColumns
  readonly labels: readonly unknown[] | undefined
}

async function openParquet(title: string, shards: readonly Shard[], request: OpenRequest): Promise<PictureSource> {
  const stage = new OpeningStage('Reading Parquet labels', shards.length, request)
  const opened: OpenedShard[] = []
  for (const shard of shards) {
    const file = await ParquetFile.open(shard.path)
    const columns = chooseColumns(file)
    const labels = columns.label === undefined ? undefined : await file.read(columns.label, 0, file.rowCount)
    opened.push({ ...shard, file, columns, labels })
    stage.advance(1)
  }
  requireSameLabels(opened)
  const isLabelled = opened.some(({ labels }) => labels !== undefined)
  const problems: DataProblem[] = []
  const blocks = new RecentBlocks()
  const pictures = opened.flatMap((shard) => picturesOf(shard, blocks, problems))
  return openEncodedPictures(
    {
      format: 'parquet',
      title,
      classNames: isLabelled ? classesOf(opened, pictures) : undefined,
      pictures,
      problems,
      placeOfClass: () => title,
    },
    request,
  )
}

function requireSameLabels(shards: readonly OpenedShard[]): void {
  const [first] = shards
  for (const { file, columns } of shards) {
    if (columns.label !== first?.columns.label) {
      throw new DataError(
        `${file.path} has ${named(columns.label)} but ${basename(first?.path ?? '')} has ${named(first?.columns.label)}; use files that belong together.`,
      )
    }
  }
}

function named(label: string | undefined): string {
  return label === undefined ? 'no column of labels' : `labels in “${label}”`
}

function picturesOf(
  { file, columns, split, labels }: OpenedShard,
  blocks: RecentBlocks,
  problems: DataProblem[],
): EncodedPicture[] {
  const { image, label, classNames } = columns
  const pictures: EncodedPicture[] = []
  const folder = dirname(file.path)
  let unlabelled = 0
  for (const block of file.blocks(image)) {
    for (let row = block.start; row < block.end; row++) {
      const className = labels && classOf(labels[row], classNames, file, row)
      if (labels && className === undefined) {
        unlabelled++
        continue
      }
      const origin = `${basename(file.path)} #${row}`
      const load = () => loadPicture(blocks, file, image, block, row, folder, origin)
      pictures.push({ path: file.path, origin, className, split, load })
    }
  }
  if (unlabelled > 0) {
    const message = `${unlabelled} of the ${file.rowCount} pictures in this file have no ${label ?? 'label'}, so they are left out.`
    problems.push({ path: file.path, message })
  }
  return pictures
}

/** The name of a class, or its number where nothing names it; undefined where there is no label (null, or −1). */
function classOf(
  value: unknown,
  names: readonly string[] | undefined,
  file: ParquetFile,
  row: number,
): string | undefined {
  if (value === null || value === undefined) return undefined
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') return undefined
  const number = Number(value)
  // Hugging Face writes −1 where a test set comes without answers.
  if (number === -1) return undefined
  if (names === undefined || typeof value === 'boolean') return String(value)
  const name = names[number]
  if (name !== undefined) return name
  throw new DataError(
    `${file.path}: label ${number} of picture #${row} is out of range, as the file names classes 0 to ${names.length - 1}; correct the one or the other.`,
  )
}

/** Classes in the order of the file's own list, else numbers ascending or names by the alphabet. */
function classesOf(shards: readonly OpenedShard[], pictures: readonly EncodedPicture[]): readonly string[] {
  const stated = shards.flatMap(({ columns }) => (columns.classNames === undefined ? [] : [columns.classNames]))[0]
  if (stated !== undefined) return stated
  const found = [...new Set(pictures.flatMap(({ className }) => className ?? []))]
  const areNumbers = found.every((name) => /^-?\d+$/.test(name))
  return areNumbers ? found.sort((a, b) => Number(a) - Number(b)) : found.sort()
}

async function loadPicture(
  blocks: RecentBlocks,
  file: ParquetFile,
  column: string,
  block: RowBlock,
  row: number,
  folder: string,
  origin: string,
): Promise<Uint8Array> {
  const values = await blocks.read(file, column, block)
  const value = values[row - block.start]
  // Copied: a view would hold the whole block until it is decoded.
  if (value instanceof Uint8Array) return value.slice()
  const { bytes, path } = (typeof value === 'string' ? { path: value } : (value ?? {})) as Record<string, unknown>
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes.slice()
  if (typeof path !== 'string' || path === '') throw new DataError(`${origin} holds no picture; it is left out.`)
  const wanted = resolve(folder, path)
  const below = relative(folder, wanted)
  if (below === '' || below === '..' || below.startsWith(`..${sep}`) || resolve(below) === below) {
    throw new DataError(
      `${origin} names the picture ${path}, which lies outside of the folder of the file; it is left out.`,
    )
  }
  return readFile(wanted).catch((error: unknown) => {
    throw new DataError(`${origin} names the picture ${path}, which cannot be read (${(error as Error).message}).`, {
      cause: error,
    })
  })
}
