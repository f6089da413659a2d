import { createHash } from 'node:crypto'
import type { DataFormat, DataProblem, SplitName } from '../../protocol/data.ts'
import type { ImageSize } from '../../protocol/settings.ts'
import { CacheFiles } from '../../cache/cache-files.ts'
import type { RecordFile } from '../../cache/record-file.ts'
import { userCacheFolder } from '../../cache/user-cache-folder.ts'
import { commonImage, countSizes } from '../common-image.ts'
import { DataError } from '../dataset.ts'
import { HeaderIndex, type IdentifiedHeader } from '../header-index.ts'
import { openKeptPictures } from '../kept-pictures.ts'
import { forEachConcurrently, type OpenOptions, OpeningStage } from '../opening.ts'
import { PictureCache } from '../picture-cache.ts'
import { DECODES_UNDER_WAY, decodePictureFile, type PictureHeader, readPictureHeader } from '../picture-file.ts'
import type { PictureSource } from '../picture-source.ts'
import type { OpenRequest } from './reader.ts'

/**
 * Up to so many pictures are decoded once while opening, so that a damaged one is known before training begins. Of those
 * that lie in other files all are, where they can be kept: in order that is fast, and in the order of a training it is not.
 */
const VERIFY_AT_MOST = 20_000

const SIZES_LISTED = 20

/** Fewer are read faster than anyone waits. */
const REMEMBERED_FROM = 5_000

/** Some 3 million headers. */
const MOST_HEADER_BYTES = 256 * 2 ** 20

/** A picture that still has to be decoded: a file, or bytes inside of one. */
export interface EncodedPicture {
  /** The file it is, or lies in. */
  readonly path: string
  /** What it is called, for a person. */
  readonly origin: string
  /** undefined where the data says nothing of it; then no picture has one. */
  readonly className: string | undefined
  readonly split: SplitName
  /** Its bytes, where it is no file of its own. */
  readonly load?: () => Promise<Uint8Array>
}

export interface PictureListing {
  readonly format: DataFormat
  /** What was opened. */
  readonly title: string
  /** In the order in which they are shown; undefined for pictures without labels. */
  readonly classNames: readonly string[] | undefined
  readonly pictures: readonly EncodedPicture[]
  readonly problems: readonly DataProblem[]
  /** What a problem with a whole class is reported at: the folder of that class, or the file that names it. */
  readonly placeOfClass: (className: string) => string
}

interface IndexedPicture extends EncodedPicture, IdentifiedHeader {}

/** One that can be decoded, as number `place` of those whose header could be read. */
interface PlacedPicture extends IndexedPicture {
  readonly place: number
}

/**
 * Pictures that are decoded on demand, to the wanted size or to the most frequent one (at most 128 on the long side).
 * Only places, labels and sizes are held. Pictures that cannot be read are skipped and listed: by their header always,
 * by decoding them once where there are at most 20,000 or they lie in other files. Throws DataError where nothing can be learned from what is there.
 */
export async function openEncodedPictures(listing: PictureListing, request: OpenRequest): Promise<PictureSource> {
  const problems = [...listing.problems]
  const headers = await readHeaders(listing, problems, request)
  const readable = headers.map((picture, place): PlacedPicture => ({ ...picture, place }))
  const image = request.image ?? defaultImage(readable)
  const kept = await openKeptPictures(listing.title, image, readable)
  const cache = new PictureCache((picture: PlacedPicture) => decodeOrRead(picture, image, kept), request.memory)
  try {
    return await sourceOf(listing, readable, image, cache, kept, problems, request)
  } catch (error) {
    await kept?.close()
    throw error
  }
}

async function sourceOf(
  listing: PictureListing,
  readable: readonly PlacedPicture[],
  image: ImageSize,
  cache: PictureCache<PlacedPicture>,
  kept: RecordFile | undefined,
  problems: DataProblem[],
  request: OpenRequest,
): Promise<PictureSource> {
  const isVerified = readable.length <= VERIFY_AT_MOST || (kept !== undefined && readable.some(({ load }) => load))
  const decodable = isVerified ? await verify(readable, cache, kept, problems, request) : readable
  const classNames = trainableClasses(listing, decodable, problems)
  const labelOf = new Map(classNames.map((name, label) => [name, label]))
  const isUsed = ({ className }: EncodedPicture) => className === undefined || labelOf.has(className)
  const pictures = decodable.filter(isUsed)
  const pictureAt = (index: number) => pictures[index] as PlacedPicture
  return {
    format: listing.format,
    title: listing.title,
    classNames,
    ...(listing.classNames === undefined && { unlabelled: true }),
    labels: Uint16Array.from(pictures, ({ className }) =>
      className === undefined ? 0 : (labelOf.get(className) ?? 0),
    ),
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
      peek: (index) => cache.peek(pictureAt(index)),
      decode: (index) => cache.get(pictureAt(index)),
    },
    pathOf: (index) => pictureAt(index).path,
    originOf: (index) => pictureAt(index).origin,
    close: async () => {
      cache.clear()
      await kept?.close()
    },
  }
}

/**
 * Nothing is awaited before the file or the disk is asked: it goes on while the thread is busy, and comes back complete.
 */
function decodeOrRead(picture: PlacedPicture, image: ImageSize, kept: RecordFile | undefined): Promise<Uint8Array> {
  const { load, path, origin, place } = picture
  const decode = async () => {
    const pixels = await (load === undefined
      ? decodePictureFile(path, image)
      : decodePictureFile(origin, image, await load()))
    kept?.write(place, pixels)
    return pixels
  }
  return kept?.has(place) ? kept.read(place).then((found) => found ?? decode()) : decode()
}

async function readHeaders(
  { title, pictures: found }: PictureListing,
  problems: DataProblem[],
  options: OpenOptions,
): Promise<IndexedPicture[]> {
  const store =
    found.length < REMEMBERED_FROM ? undefined : new CacheFiles(userCacheFolder('headers'), MOST_HEADER_BYTES)
  const index = await HeaderIndex.open(store, title)
  const read = await withoutFailures(found, 'Reading image headers', problems, options, async (picture) => {
    const { load, path, origin } = picture
    if (load === undefined) return { ...picture, ...(await index.header(path)) }
    const bytes = await load()
    const identity = createHash('sha256').update(bytes).digest('hex')
    return { ...picture, ...(await readPictureHeader(origin, bytes)), identity }
  })
  await index.save()
  return read
}

async function verify(
  pictures: readonly PlacedPicture[],
  cache: PictureCache<PlacedPicture>,
  kept: RecordFile | undefined,
  problems: DataProblem[],
  options: OpenOptions,
): Promise<PlacedPicture[]> {
  return withoutFailures(pictures, 'Decoding images', problems, options, async (picture) => {
    // One that is kept has been decoded before.
    if (!kept?.has(picture.place)) await cache.get(picture)
    return picture
  })
}

/** What `work` makes of each picture, in order; pictures it refuses with DataError become problems. */
async function withoutFailures<Picture extends EncodedPicture, Result>(
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

function defaultImage(headers: readonly PictureHeader[]): ImageSize {
  return commonImage(
    countSizes(headers),
    headers.every(({ isGrey }) => isGrey),
  )
}

/** The classes with a picture to train on; the others are reported. Throws DataError where none is left. */
function trainableClasses(
  { title, classNames, placeOfClass }: PictureListing,
  pictures: readonly IndexedPicture[],
  problems: DataProblem[],
): readonly string[] {
  const inTraining = pictures.filter((picture) => picture.split === 'train')
  if (inTraining.length === 0) {
    const reason = problems.length > 0 ? ` (${problems.length} could not be used, such as ${problems[0]?.path})` : ''
    const what = classNames === undefined ? 'holds no readable picture' : 'has no readable picture for training'
    throw new DataError(`${title} ${what}${reason}; add PNG, JPEG, WebP, BMP, TIFF or GIF files.`)
  }
  if (classNames === undefined) return []
  const trained = new Set(inTraining.map((picture) => picture.className))
  const named = new Set([...classNames, ...pictures.flatMap((picture) => picture.className ?? [])])
  for (const className of [...named].filter((name) => !trained.has(name)).sort()) {
    const message = `Class “${className}” has no readable picture for training, so it is left out.`
    problems.push({ path: placeOfClass(className), message })
  }
  return classNames.filter((name) => trained.has(name))
}
