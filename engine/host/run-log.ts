import { createReadStream } from 'node:fs'
import type { RunLogEntry } from '../protocol/runs.ts'
import { readRunLog, RunLogWriter } from '../runs/run-log.ts'
import { Listeners } from './listeners.ts'
import type { LogSource } from './log-source.ts'

/** Entries kept in memory; older ones are read from metrics.jsonl again. */
const ENTRIES_IN_MEMORY = 2048

/** The log of one run: the newest entries in memory, all of them in its file, where an entry's line number is its sequence number. */
export class RunLog implements LogSource {
  readonly first = 0
  readonly #path: string
  readonly #appended = new Listeners<void>()
  #recent: RunLogEntry[] = []
  /** Sequence number of the first entry in memory. */
  #recentFrom: number

  private constructor(path: string, length: number) {
    this.#path = path
    this.#recentFrom = length
  }

  /** The log of the run whose metrics.jsonl is `path`; empty where there is none yet. */
  static async open(path: string): Promise<RunLog> {
    return new RunLog(path, await countLines(path))
  }

  get length(): number {
    return this.#recentFrom + this.#recent.length
  }

  /** An entry the trainer has told of; the trainer writes it to the file itself. */
  append(entry: RunLogEntry): void {
    this.#recent.push(entry)
    // Dropping half at once keeps the cost of an append constant.
    if (this.#recent.length > ENTRIES_IN_MEMORY) {
      const dropped = this.#recent.length - ENTRIES_IN_MEMORY / 2
      this.#recent = this.#recent.slice(dropped)
      this.#recentFrom += dropped
    }
    this.#appended.tell()
  }

  async read(from: number, limit: number): Promise<readonly RunLogEntry[]> {
    if (from >= this.#recentFrom) {
      return this.#recent.slice(from - this.#recentFrom, from - this.#recentFrom + limit)
    }
    return readRunLog(this.#path, from, Math.min(this.#recentFrom - from, limit))
  }

  onAppend(listener: () => void): () => void {
    return this.#appended.add(listener)
  }

  /**
   * After the trainer has died: makes file and memory agree, whichever heard less of the last entries.
   * Returns the entries only the file had. Throws the file system's error.
   */
  async reconcile(): Promise<readonly RunLogEntry[]> {
    const writer = await RunLogWriter.open(this.#path)
    try {
      const written = await readRunLog(this.#path, this.#recentFrom)
      const missed = written.slice(this.#recent.length)
      for (const unwritten of this.#recent.slice(written.length)) await writer.append(unwritten)
      for (const entry of missed) this.append(entry)
      return missed
    } finally {
      await writer.close()
    }
  }

  /** Adds an entry of the host's own to the file, then to memory. Throws the file system's error; memory has the entry all the same. */
  async write(entry: RunLogEntry): Promise<void> {
    try {
      const writer = await RunLogWriter.open(this.#path)
      try {
        await writer.append(entry)
      } finally {
        await writer.close()
      }
    } finally {
      this.append(entry)
    }
  }
}

async function countLines(path: string): Promise<number> {
  let lines = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return lines
}
