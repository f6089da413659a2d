import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import type { RunLogEntry } from '../protocol/runs.ts'

/**
 * Appends to metrics.jsonl, one entry a line; an entry's sequence number is its line number from 0.
 * A line torn by a crash is cut off on opening.
 */
export class RunLogWriter {
  readonly #file: FileHandle
  /** Bytes that are whole lines. */
  #size: number
  #unwritten = ''
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.#size = size
  }

  static async open(path: string): Promise<RunLogWriter> {
    const file = await open(path, 'a+')
    return new RunLogWriter(file, await cutTornLine(file))
  }

  /**
   * Resolves when the entry is with the operating system; entries keep their order. Throws the file system's error,
   * and then writes the entry with the next one: a full disk loses none.
   */
  append(entry: RunLogEntry): Promise<void> {
    this.#unwritten += `${JSON.stringify(entry)}\n`
    const written = this.#tail.then(() => this.#write())
    this.#tail = written.catch(() => undefined)
    return written
  }

  async #write(): Promise<void> {
    const lines = this.#unwritten
    if (lines === '') return
    this.#unwritten = ''
    try {
      await this.#file.appendFile(lines)
      this.#size += Buffer.byteLength(lines)
    } catch (error) {
      this.#unwritten = lines + this.#unwritten
      // A part of the lines may have found room; a torn line would make the rest unreadable.
      await this.#file.truncate(this.#size)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#tail
    try {
      await this.#write()
    } finally {
      await this.#file.close()
    }
  }
}

/** Entries with sequence numbers ≥ `since`, at most `limit`; an empty list where there is no log yet. */
export async function readRunLog(path: string, since = 0, limit = Number.POSITIVE_INFINITY): Promise<RunLogEntry[]> {
  const entries: RunLogEntry[] = []
  const stream = createReadStream(path, 'utf8')
  try {
    let sequence = 0
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (sequence++ < since) continue
      const entry = parseLine(line)
      if (entry === undefined) break
      entries.push(entry)
      if (entries.length >= limit) break
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  } finally {
    stream.destroy()
  }
  return entries
}

/** undefined for a last line that is still being written. */
function parseLine(line: string): RunLogEntry | undefined {
  try {
    return JSON.parse(line) as RunLogEntry
  } catch {
    return undefined
  }
}

const readAtOnce = 1 << 20

/** Returns the bytes that are left. */
async function cutTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  let whole = 0
  for (let end = size; end > 0 && whole === 0; end -= readAtOnce) {
    const start = Math.max(0, end - readAtOnce)
    const chunk = Buffer.alloc(end - start)
    await file.read(chunk, 0, chunk.length, start)
    const newline = chunk.lastIndexOf(10)
    if (newline >= 0) whole = start + newline + 1
  }
  if (whole < size) await file.truncate(whole)
  return whole
}
