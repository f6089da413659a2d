import { createReadStream, type ReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { type Entry, openPromise } from 'yauzl'
import { DataError, OpeningCancelledError } from '../../dataset.ts'
import { type OpenOptions, OpeningStage } from '../../opening.ts'
import type { ArchiveKind } from './archive-kind.ts'
import { isWanted, UnpackTarget, type UnpackLimits } from './unpack-target.ts'

/**
 * Unpacks the files of an archive into an empty folder and resolves with the number of bytes. Throws DataError on damage,
 * on names that lead out of the folder and on archives that unpack to absurd sizes; OpeningCancelledError after the signal.
 */
export async function unpack(
  path: string,
  kind: ArchiveKind,
  folder: string,
  limits: UnpackLimits,
  options: OpenOptions,
): Promise<number> {
  const { size } = await stat(path)
  const target = new UnpackTarget(path, size, folder, limits)
  try {
    await (kind === 'zip' ? unpackZip(path, target, options) : unpackTar(path, size, target, options))
  } catch (error) {
    const { code, path: file, message } = error as NodeJS.ErrnoException
    const isOfSystem = code !== undefined && file !== undefined
    if (error instanceof DataError || error instanceof OpeningCancelledError || isOfSystem) throw error
    throw new DataError(`${path} cannot be unpacked (${message}); it is damaged or cut short, get it again.`, {
      cause: error,
    })
  }
  return target.bytes
}

async function unpackZip(path: string, target: UnpackTarget, options: OpenOptions): Promise<void> {
  const zip = await openPromise(path, { autoClose: false })
  try {
    const wanted: Entry[] = []
    for await (const entry of zip.eachEntry()) if (isWanted(entry.fileName)) wanted.push(entry)
    const total = wanted.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
    await target.announce(total)
    const stage = new OpeningStage(`Unpacking ${basename(path)}`, total, options)
    for (const entry of wanted) {
      // Symbolic links: the upper half of the attributes are those of Unix.
      if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) continue
      const content = (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>
      await target.write(entry.fileName, counted(content, stage))
    }
  } finally {
    zip.close()
  }
}

async function* counted(content: AsyncIterable<Uint8Array>, stage: OpeningStage): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    yield chunk
    stage.advance(chunk.length)
  }
}

const TAR_BLOCK_BYTES = 512

const FILE_TYPES = new Set(['File', 'OldFile', 'ContiguousFile'])

async function unpackTar(path: string, size: number, target: UnpackTarget, options: OpenOptions): Promise<void> {
  const stage = new OpeningStage(`Unpacking ${basename(path)}`, size, options)
  let fail: (error: unknown) => void = () => undefined
  const failure = new Promise<never>((_, reject) => (fail = reject))
  // Whoever waits hears of it; where nobody does any more, it was told already.
  failure.catch(() => undefined)
  const orFailure = <Result>(result: Promise<Result>) => Promise.race([result, failure])
  let writing = Promise.resolve()
  let current: ReadEntry | undefined
  const stopped = new AbortController()
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      if (!FILE_TYPES.has(entry.type) || !isWanted(entry.path)) {
        entry.resume()
        return
      }
      writing = writing.then(() => {
        current = entry
        return target.write(entry.path, untilStopped(entry as AsyncIterable<Uint8Array>, stopped.signal))
      })
      writing.catch(fail)
    },
  })
  parser.on('error', fail)
  let isMarkedEnd = false
  parser.on('eof', () => (isMarkedEnd = true))
  const ended = new Promise<void>((resolve) => parser.on('end', resolve))
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  let told = 0
  let length = 0
  try {
    for await (const chunk of (await isGzip(path)) ? unpacked(source) : (source as AsyncIterable<Buffer>)) {
      if (!parser.write(chunk)) await orFailure(new Promise<void>((resolve) => parser.once('drain', () => resolve())))
      length += chunk.length
      stage.advance(source.bytesRead - told)
      told = source.bytesRead
    }
    parser.end()
    await orFailure(ended)
    await orFailure(writing)
    // The parser takes no notice of what is left over.
    if (!isMarkedEnd && length % TAR_BLOCK_BYTES !== 0) throw new Error('it ends within a block')
  } catch (error) {
    // The file being written waits for more, and would wait and stay open for ever.
    stopped.abort(error)
    current?.destroy()
    await writing.catch(() => undefined)
    throw error
  } finally {
    source.destroy()
  }
}

/** Whoever waits for a chunk hears of it when its stream is destroyed; whoever asks for the next one hears of it here. */
async function* untilStopped(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  for await (const chunk of content) {
    yield chunk
    signal.throwIfAborted()
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close())
  return buffer[0] === 0x1f && buffer[1] === 0x8b
}

function unpacked(source: ReadStream): AsyncIterable<Buffer> {
  const unpacker = createGunzip({ chunkSize: 1 << 18 })
  source.on('error', (error) => unpacker.destroy(error))
  return source.pipe(unpacker)
}
