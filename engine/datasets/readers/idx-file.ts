import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { createGunzip } from 'node:zlib'
import { DataError } from '../dataset.ts'
import { type OpenOptions, OpeningStage } from '../opening.ts'

/** An IDX file of unsigned bytes (Yann LeCun's format for MNIST): `data` is row-major, product(dims) long. */
export interface IdxFile {
  readonly path: string
  readonly dims: readonly number[]
  readonly data: Uint8Array
}

const UNSIGNED_BYTE = 0x08
const GZIP_MAGIC = [0x1f, 0x8b]

/** The largest number of bytes one file may unpack to; also what one typed array can hold everywhere. */
const MAX_BYTES = 2 ** 32 - 1

/** Deflate cannot shrink below this ratio, so a header that claims more is wrong. */
const MAX_DEFLATE_RATIO = 1032

/** True where the file (unpacked if gzipped) begins like IDX: two zero bytes, a type, a number of dimensions. */
export async function looksLikeIdx(path: string): Promise<number | undefined> {
  const start = await readStart(path, 4)
  if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || start[2] !== UNSIGNED_BYTE) return undefined
  const rank = start[3] as number
  return rank === 1 || rank === 3 ? rank : undefined
}

/** The first `count` bytes of a file, unpacked if it is gzipped; fewer where it is shorter or damaged. */
async function readStart(path: string, count: number): Promise<Uint8Array> {
  const start = new Uint8Array(count)
  let filled = 0
  try {
    for await (const chunk of unpackedChunks(path, await isGzip(path))) {
      const part = chunk.subarray(0, count - filled)
      start.set(part, filled)
      filled += part.length
      if (filled === count) break
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
  }
  return start.subarray(0, filled)
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === GZIP_MAGIC[0] && buffer[1] === GZIP_MAGIC[1]
  } finally {
    await file.close()
  }
}

/** A gzip file that ends before its own end mark. */
class CutShortError extends DataError {}

/** The bytes of a file in pieces, unpacked off the calling thread if gzipped. Throws DataError on damaged gzip. */
async function* unpackedChunks(path: string, gzipped: boolean): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  if (!gzipped) {
    yield* source as AsyncIterable<Uint8Array>
    return
  }
  const unpacker = createGunzip({ chunkSize: 1 << 18 })
  source.on('error', (error) => unpacker.destroy(error))
  try {
    yield* source.pipe(unpacker) as AsyncIterable<Uint8Array>
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'Z_BUF_ERROR') throw new CutShortError(`${path} ends early; download it again.`, { cause: error })
    if (!code.startsWith('Z_')) throw error
    throw new DataError(`${path} is not a sound gzip file (${(error as Error).message}); download it again.`, {
      cause: error,
    })
  } finally {
    source.destroy()
  }
}

/**
 * Reads a whole IDX file, plain or gzipped, of `rank` dimensions (1 for labels, 3 for pictures).
 * Throws DataError on a wrong magic number, on dimensions of 0 or beyond reason, and where the file holds fewer or more
 * bytes than its header claims; never unpacks beyond the claim.
 */
export async function readIdx(path: string, rank: 1 | 3, options: OpenOptions = {}): Promise<IdxFile> {
  const gzipped = await isGzip(path)
  const { size: fileBytes } = await stat(path)
  const header = await readStart(path, 4 + 4 * rank)
  const dims = parseDims(path, header, rank)
  const claimed = dims.reduce((product, size) => product * size, 1)
  const claim = `its header says ${dims.join('×')} bytes`
  const advice = 'the file is damaged or cut short; download it again.'
  const heldAtMost = gzipped ? fileBytes * MAX_DEFLATE_RATIO : fileBytes - header.length
  if (claimed > heldAtMost) {
    throw new DataError(`${path}: ${claim}, which its ${fileBytes} bytes on disk cannot hold; ${advice}`)
  }
  if (claimed > MAX_BYTES) {
    throw new DataError(`${path}: ${claim}, more than the ${MAX_BYTES} that can be held at once; use a smaller file.`)
  }
  const data = new Uint8Array(claimed)
  const stage = new OpeningStage(`Reading ${basename(path)}`, claimed, options)
  let position = -header.length
  let isCutShort = false
  try {
    for await (const chunk of unpackedChunks(path, gzipped)) {
      const skipped = Math.min(Math.max(0, -position), chunk.length)
      const part = chunk.subarray(skipped, skipped + claimed - Math.max(0, position))
      data.set(part, position + skipped)
      position += chunk.length
      if (position > claimed) {
        throw new DataError(
          `${path}: ${claim}, but the file holds more; check that it is the right file and not damaged.`,
        )
      }
      stage.advance(part.length)
    }
  } catch (error) {
    if (!(error instanceof CutShortError)) throw error
    isCutShort = true
  }
  if (isCutShort || position < claimed) {
    throw new DataError(`${path}: ${claim}, but it ends early, after ${Math.max(0, position)} of them; ${advice}`)
  }
  return { path, dims, data }
}

function parseDims(path: string, header: Uint8Array, rank: number): number[] {
  const expected = (UNSIGNED_BYTE << 8) | rank
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  if (header.length < 4) {
    throw new DataError(`${path} is too short for an IDX file (${header.length} bytes); download it again.`)
  }
  const magic = view.getUint32(0)
  if (magic !== expected) {
    const content = rank === 1 ? 'labels' : 'pictures'
    throw new DataError(
      `${path} begins with the magic number 0x${hex(magic)} instead of 0x${hex(expected)}, so it is no IDX file of ${content}; check that it is the right file and not damaged.`,
    )
  }
  if (header.length < 4 + 4 * rank) {
    throw new DataError(`${path} ends within its IDX header (${header.length} bytes); download it again.`)
  }
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  if (dims.some((size) => size === 0)) {
    throw new DataError(`${path}: its header says ${dims.join('×')} bytes, so it is empty; choose another file.`)
  }
  return dims
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
