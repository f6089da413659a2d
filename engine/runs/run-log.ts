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
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(path: string): Promise<RunLogWriter> {
    const file = await open(path, 'a+')
    await cutTornLine(file)
    return new RunLogWriter(file)
  }

  /** Resolves when the entry is with the operating system; entries keep their order. Throws the file system's error. */
  append(entry: RunLogEntry): Promise<void> {
    const written = this.#tail.then(() => this.#file.appendFile(`${JSON.stringify(entry)}\n`))
    this.#tail = written.catch(() => undefined)
    return written
  }

  async close(): Promise<void> {
    await this.#tail
    await this.#file.close()
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

async function cutTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  const chunk = Buffer.alloc(Math.min(size, 1 << 20))
  await file.read(chunk, 0, chunk.length, size - chunk.length)
  const lastNewline = chunk.lastIndexOf(10)
  const whole = lastNewline < 0 ? size - chunk.length : size - chunk.length + lastNewline + 1
  if (whole < size) await file.truncate(whole)
}
