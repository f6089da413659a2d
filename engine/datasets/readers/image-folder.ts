import { readdir } from 'node:fs/promises'
import { basename, extname, join, relative } from 'node:path'
import type { DataProblem, SplitName } from '../../protocol/data.ts'
import type { ImageSize } from '../../protocol/settings.ts'
import { DataError } from '../dataset.ts'
import { listFolder } from '../list-folder.ts'
import { forEachConcurrently, type OpenOptions, OpeningStage } from '../opening.ts'
import { PictureCache } from '../picture-cache.ts'
import { DECODES_UNDER_WAY, decodePictureFile, type PictureHeader, readPictureHeader } from '../picture-file.ts'
import type { PictureSource } from '../picture-source.ts'
import { openable, type Reader } from './reader.ts'

const EXTENSIONS = new Set(['.png', '.jpg', '.jpeg', '.jfif', '.webp', '.bmp', '.dib', '.tif', '.tiff', '.gif'])

const SPLIT_FOLDERS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
}

/** Longest side of the default size: larger pictures are only trained on when the settings ask for it. */
const DEFAULT_LONG_SIDE = 128

/** Up to so many pictures are decoded once while opening, so that a damaged one is known before training begins. */
const VERIFY_AT_MOST = 20_000

const SIZES_LISTED = 20

interface FoundPicture {
  readonly path: string
  readonly className: string
  readonly split: SplitName
}

interface IndexedPicture extends FoundPicture, PictureHeader {}

interface FolderListing {
  /** Those of the training part. */
  readonly classNames: readonly string[]
  readonly pictures: readonly FoundPicture[]
  readonly problems: readonly DataProblem[]
}

/** True where a file is named like a picture. */
export function isPictureName(name: string): boolean {
  return EXTENSIONS.has(extname(name).toLowerCase()) && !name.startsWith('.')
}

/** Folders of pictures: one per class, or train/val/test folders of such folders. */
export const imageFolderReader: Reader = (place) =>
  Promise.resolve(place.isFolder ? (request) => openImageFolder(place.path, request.image, request) : undefined)

/**
 * Opens a folder with one folder of pictures per class, or train/val/test folders of such folders.
 * Only paths, labels and sizes are held; pixels are decoded on demand to `wanted`, or to the most frequent size (at most
 * 128 on the long side). Pictures that cannot be read are skipped and listed: by their header always, by decoding them
 * once where there are at most 20,000. Throws DataError where nothing can be learned from what is there.
 */
async function openImageFolder(
  folder: string,
  wanted: ImageSize | undefined,
  options: OpenOptions,
): Promise<PictureSource> {
  const listing = await findPictures(folder)
  const problems = [...listing.problems]
  const readable = await readHeaders(listing.pictures, problems, options)
  const image = wanted ?? defaultImage(readable)
  const cache = new PictureCache((path: string) => decodePictureFile(path, image))
  const decodable = readable.length <= VERIFY_AT_MOST ? await verify(readable, cache, problems, options) : readable
  const classNames = trainableClasses(folder, listing, decodable, problems)
  const pictures = decodable.filter((picture) => classNames.includes(picture.className))
  const pictureAt = (index: number) => pictures[index] as IndexedPicture
  return {
    format: 'folder',
    title: folder,
    classNames,
    labels: Uint16Array.from(pictures, (picture) => classNames.indexOf(picture.className)),
    splitOf: (index) => pictureAt(index).split,
    given: {
      validation: pictures.some((picture) => picture.split === 'validation'),
      test: pictures.some((picture) => picture.split === 'test'),
    },
    image,
    originalSizes: countSizes(pictures).slice(0, SIZES_LISTED),
    problems,
    pixels: {
      kind: 'decoded',
      peek: (index) => cache.peek(pictureAt(index).path),
      decode: (index) => cache.get(pictureAt(index).path),
    },
    pathOf: (index) => pictureAt(index).path,
    originOf: (index) => relative(folder, pictureAt(index).path),
  }
}

async function listClassFolders(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const { folders, files } = await listFolder(folder)
  // What the Finder leaves in a zip file.
  return { folders: folders.filter((name) => name !== '__MACOSX'), files }
}

async function findPictures(folder: string): Promise<FolderListing> {
  const { folders, files } = await listClassFolders(folder)
  const problems: DataProblem[] = []
  const loose = files.filter(isPictureName)
  if (folders.length === 0) {
    throw new DataError(
      loose.length > 0
        ? `${folder} holds ${loose.length} pictures but no class folders; put the pictures of each class into a folder named after it.`
        : `${folder} holds nothing that can be opened; choose ${openable}.`,
    )
  }
  reportLoose(folder, loose, problems)
  const splitsByFolder = folders.map((name) => SPLIT_FOLDERS[name.toLowerCase()])
  if (splitsByFolder.some((split) => split === undefined)) {
    return { classNames: folders, pictures: await listClasses(folder, folders, 'train'), problems }
  }
  if (!splitsByFolder.includes('train')) {
    throw new DataError(`${folder} holds ${folders.join(' and ')} but no pictures for training; add a folder “train”.`)
  }
  const classNames = new Set<string>()
  const pictures: FoundPicture[] = []
  for (const [index, name] of folders.entries()) {
    const split = splitsByFolder[index] as SplitName
    const inside = await listClassFolders(join(folder, name))
    reportLoose(join(folder, name), inside.files.filter(isPictureName), problems)
    if (split === 'train') for (const className of inside.folders) classNames.add(className)
    pictures.push(...(await listClasses(join(folder, name), inside.folders, split)))
  }
  return { classNames: [...classNames].sort(), pictures, problems }
}

async function listClasses(folder: string, classFolders: readonly string[], split: SplitName): Promise<FoundPicture[]> {
  const pictures: FoundPicture[] = []
  for (const className of classFolders) {
    const path = join(folder, className)
    const names = await readdir(path, { recursive: true })
    for (const name of names.filter((name) => isPictureName(basename(name))).sort()) {
      pictures.push({ path: join(path, name), className, split })
    }
  }
  return pictures
}

function reportLoose(folder: string, names: readonly string[], problems: DataProblem[]): void {
  for (const name of names) {
    problems.push({ path: join(folder, name), message: 'This picture lies in no class folder, so it is left out.' })
  }
}

async function readHeaders(
  found: readonly FoundPicture[],
  problems: DataProblem[],
  options: OpenOptions,
): Promise<IndexedPicture[]> {
  return withoutFailures(found, 'Reading image headers', problems, options, async (picture) => ({
    ...picture,
    ...(await readPictureHeader(picture.path)),
  }))
}

async function verify(
  pictures: readonly IndexedPicture[],
  cache: PictureCache<string>,
  problems: DataProblem[],
  options: OpenOptions,
): Promise<IndexedPicture[]> {
  return withoutFailures(pictures, 'Decoding images', problems, options, async (picture) => {
    await cache.get(picture.path)
    return picture
  })
}

/** What `work` makes of each picture, in order; pictures it refuses with DataError become problems. */
async function withoutFailures<Picture extends FoundPicture, Result>(
  pictures: readonly Picture[],
  stageName: string,
  problems: DataProblem[],
  options: OpenOptions,
  work: (picture: Picture) => Promise<Result>,
): Promise<Result[]> {
  const stage = new OpeningStage(stageName, pictures.length, options)
  const outcomes: (Result | DataError)[] = []
  await forEachConcurrently(pictures.length, DECODES_UNDER_WAY, async (index) => {
    outcomes[index] = await work(pictures[index] as Picture).catch(onlyDataError)
    stage.advance(1)
  })
  const results: Result[] = []
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome instanceof DataError) {
      problems.push({ path: (pictures[index] as Picture).path, message: outcome.message })
    } else {
      results.push(outcome)
    }
  }
  return results
}

function onlyDataError(error: unknown): DataError {
  if (error instanceof DataError) return error
  throw error
}

function countSizes(headers: readonly PictureHeader[]): { width: number; height: number; count: number }[] {
  const counts = new Map<string, { width: number; height: number; count: number }>()
  for (const { width, height } of headers) {
    const key = `${width}×${height}`
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { width, height, count: 1 })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.width - b.width || a.height - b.height)
}

function defaultImage(headers: readonly PictureHeader[]): ImageSize {
  const [size] = countSizes(headers)
  const { width, height } = size ?? { width: DEFAULT_LONG_SIDE, height: DEFAULT_LONG_SIDE }
  const scale = Math.min(1, DEFAULT_LONG_SIDE / Math.max(width, height))
  const scaled = (side: number) => Math.max(4, Math.round(side * scale))
  const channels = headers.every((header) => header.isGrey) ? 1 : 3
  return { width: scaled(width), height: scaled(height), channels, fit: 'crop' }
}

/** The classes with a picture to train on; the others are reported. Throws DataError where none is left. */
function trainableClasses(
  folder: string,
  listing: FolderListing,
  pictures: readonly IndexedPicture[],
  problems: DataProblem[],
): string[] {
  const trained = new Set(pictures.filter((picture) => picture.split === 'train').map((picture) => picture.className))
  if (trained.size === 0) {
    const reason = problems.length > 0 ? ` (${problems.length} could not be used, such as ${problems[0]?.path})` : ''
    throw new DataError(
      `${folder} has folders but no readable picture for training in them${reason}; add PNG, JPEG, WebP, BMP, TIFF or GIF files to a folder per class.`,
    )
  }
  const named = new Set([...listing.classNames, ...pictures.map((picture) => picture.className)])
  for (const className of [...named].filter((name) => !trained.has(name)).sort()) {
    const message = `Class “${className}” has no readable picture for training, so it is left out.`
    problems.push({ path: join(folder, className), message })
  }
  return listing.classNames.filter((name) => trained.has(name))
}
