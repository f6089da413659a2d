import { createHash } from 'node:crypto'
import { join } from 'node:path'
import sharp from 'sharp'
import { makeRoom } from '../cache/make-room.ts'
import { RecordFile } from '../cache/record-file.ts'
import { userCacheFolder } from '../cache/user-cache-folder.ts'
import type { ImageSize } from '../protocol/settings.ts'
import { pictureBytes } from './picture-source.ts'

/** All decoded pictures of all data sets together. */
const MOST_BYTES = 8 * 2 ** 30

/** What decodes within a second or two is not worth the disk. */
const KEPT_FROM_PICTURES = 5_000
const KEPT_FROM_PIXELS = 50_000_000

export interface KeptPicture {
  readonly width: number
  readonly height: number
  /** The same for the same content: changes whenever the file does. */
  readonly identity: string
}

/**
 * Decoded pictures of the data opened as `title`, brought to `image`, as they were kept by whoever opened it before:
 * record i is picture i. undefined where decoding is as fast, or where the cache folder cannot be used.
 */
export async function openKeptPictures(
  title: string,
  image: ImageSize,
  pictures: readonly KeptPicture[],
): Promise<RecordFile | undefined> {
  const pixels = pictures.reduce((sum, { width, height }) => sum + width * height, 0)
  if (pictures.length < KEPT_FROM_PICTURES && pixels < KEPT_FROM_PIXELS) return undefined
  // Another version of the decoder may give other pixels.
  const { width, height, channels, fit } = image
  const what = [title, width, height, channels, fit, sharp.versions.sharp, sharp.versions.vips].join('\n')
  const path = join(userCacheFolder('pictures'), `${digest(what).toString('hex', 0, 16)}.bin`)
  const bytes = pictureBytes(image)
  try {
    const allowed = await makeRoom(path, RecordFile.bytesOf(pictures.length, bytes), MOST_BYTES)
    const tags = BigUint64Array.from(
      { length: Math.min(pictures.length, RecordFile.countIn(allowed, bytes)) },
      (_, index) => tagOf(pictures[index] as KeptPicture),
    )
    return await RecordFile.open(path, bytes, tags)
  } catch {
    // A cache on a full or read-only disk.
    return undefined
  }
}

/** Never 0, which stands for no record. */
function tagOf({ identity }: KeptPicture): bigint {
  return digest(identity).readBigUInt64LE() | 1n
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
