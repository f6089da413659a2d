import { basename } from 'node:path'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { DataError } from '../../dataset.ts'
import type { NpyBytes } from './npy-array.ts'

/** Deflate cannot shrink below this ratio, so an entry that claims more is wrong. */
const MAX_DEFLATE_RATIO = 1032

/** The arrays of an .npz archive, which stays open until `close`. */
export interface NpzArchive {
  readonly arrays: readonly NpyBytes[]
  close(): void
}

/** The .npy entries of a ZIP file; undefined where it holds anything else, or nothing. Throws DataError on a damaged archive. */
export async function openNpz(path: string): Promise<NpzArchive | undefined> {
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) {
      if (!/^[^/]+\.npy$/i.test(entry.fileName)) {
        zip.close()
        return undefined
      }
      entries.push(entry)
    }
    if (entries.length === 0) {
      zip.close()
      return undefined
    }
    return { arrays: entries.map((entry) => entryBytes(path, zip, entry)), close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw unreadable(path, error)
  }
}

function entryBytes(path: string, zip: ZipFile, entry: Entry): NpyBytes {
  const key = entry.fileName.replace(/\.npy$/i, '')
  const { compressedSize, uncompressedSize } = entry
  const title = `${basename(path)}: ${key}`
  if (uncompressedSize > compressedSize * MAX_DEFLATE_RATIO) {
    throw new DataError(
      `${title} claims ${uncompressedSize} bytes, which its ${compressedSize} packed bytes cannot hold; the file is damaged, get it again.`,
    )
  }
  return { key, path, title, byteLength: uncompressedSize, stream: () => zip.openReadStreamPromise(entry) }
}

function unreadable(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof DataError || code !== undefined) return error
  return new DataError(`${path} is no sound NPZ or ZIP archive (${message}); get it again.`, { cause: error })
}
