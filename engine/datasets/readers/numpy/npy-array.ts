import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type NpyHeader, NpyHeaderError, npyTypeName, parseNpyHeader } from '../../../numpy/npy-header.ts'
import { DataError } from '../../dataset.ts'

/** Where the bytes of an .npy file are: on disk, or in an archive. */
export interface NpyBytes {
  /** 'train_images' of train_images.npy. */
  readonly key: string
  /** The file or archive that was opened. */
  readonly path: string
  /** For sentences: 'medmnist.npz: train_images'. */
  readonly title: string
  readonly byteLength: number
  /** The bytes from the beginning. */
  stream(): Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>
}

/** An array whose header was read; its elements still lie where they are. */
export interface NpyArray {
  readonly bytes: NpyBytes
  readonly header: NpyHeader
  readonly dataStart: number
  readonly count: number
}

/** The bytes of an .npy file on disk. */
export async function npyFile(path: string, key: string): Promise<NpyBytes> {
  const { size } = await stat(path)
  return { key, path, title: path, byteLength: size, stream: () => createReadStream(path, { highWaterMark: 1 << 18 }) }
}

/** Reads the header. Throws DataError where it is none that can be read, or the file holds fewer or more elements. */
export async function openNpy(bytes: NpyBytes): Promise<NpyArray> {
  const { title, byteLength } = bytes
  const { header, dataStart } = await readHeader(bytes)
  const count = header.shape.reduce((product, size) => product * size, 1)
  const claimed = count * header.type.itemBytes
  const held = byteLength - dataStart
  if (claimed !== held) {
    throw new DataError(
      `${title}: its header says (${header.shape.join(', ')}) of ${npyTypeName(header.type)}, which is ${claimed} bytes, but it holds ${held}; it is damaged or cut short, get it again.`,
    )
  }
  return { bytes, header, dataStart, count }
}

async function readHeader(bytes: NpyBytes): Promise<{ header: NpyHeader; dataStart: number }> {
  let start = Buffer.alloc(0)
  try {
    for await (const chunk of await bytes.stream()) {
      start = Buffer.concat([start, chunk])
      if (start.length < 6) continue
      const parsed = parseNpyHeader(start)
      if (parsed !== undefined) return parsed
    }
  } catch (error) {
    if (!(error instanceof NpyHeaderError)) throw damaged(bytes.title, error)
    throw new DataError(`${bytes.title} ${error.message}; save it from NumPy as an array of integers or floats.`, {
      cause: error,
    })
  }
  throw new DataError(`${bytes.title} ends within its header (${start.length} bytes); get it again.`)
}

/** The bytes of the elements in pieces that hold whole elements. Throws DataError where they end early or are damaged. */
export async function* elementBytes({ bytes, header, dataStart, count }: NpyArray): AsyncGenerator<Uint8Array> {
  const { itemBytes } = header.type
  let skipped = 0
  let left = count * itemBytes
  let rest = new Uint8Array(0)
  try {
    for await (const chunk of await bytes.stream()) {
      const from = Math.min(chunk.length, dataStart - skipped)
      skipped += from
      const fresh = chunk.subarray(from)
      const joined = rest.length === 0 ? fresh : Buffer.concat([rest, fresh])
      const whole = Math.min(left, joined.length - (joined.length % itemBytes))
      if (whole > 0) yield joined.subarray(0, whole)
      left -= whole
      rest = Uint8Array.from(joined.subarray(whole))
      if (left === 0) return
    }
  } catch (error) {
    throw damaged(bytes.title, error)
  }
  throw new DataError(`${bytes.title} ends early, ${left} bytes before the last element; it is damaged, get it again.`)
}

function damaged(title: string, error: unknown): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException
  // What the file system refuses is no damage.
  if (error instanceof DataError || (path !== undefined && code !== undefined)) return error
  return new DataError(`${title} cannot be unpacked (${message}); it is damaged, get it again.`, { cause: error })
}
