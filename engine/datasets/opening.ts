import type { DataProgress } from '../protocol/messages.ts'
import { OpeningCancelledError } from './dataset.ts'

/** What the readers report to and are stopped by while a data set is opened. */
export interface OpenOptions {
  readonly onProgress?: (progress: DataProgress) => void
  readonly signal?: AbortSignal
}

const REPORT_INTERVAL_MS = 100

/** One stage of opening: counts, reports at most ten times a second, and stops when the person cancelled. */
export class OpeningStage {
  readonly #stage: string
  readonly #total: number
  readonly #options: OpenOptions
  readonly #startedAt = performance.now()
  #reportedAt = -Infinity
  #done = 0

  constructor(stage: string, total: number, options: OpenOptions) {
    this.#stage = stage
    this.#total = total
    this.#options = options
    this.advance(0)
  }

  /** Adds `count` to what is done. Throws OpeningCancelledError after the signal. */
  advance(count: number): void {
    if (this.#options.signal?.aborted) throw new OpeningCancelledError()
    this.#done += count
    const now = performance.now()
    const isLast = this.#done >= this.#total
    if (!isLast && now - this.#reportedAt < REPORT_INTERVAL_MS) return
    this.#reportedAt = now
    const elapsedSeconds = (now - this.#startedAt) / 1000
    const rate = this.#done === 0 || elapsedSeconds === 0 ? 0 : this.#done / elapsedSeconds
    this.#options.onProgress?.({ stage: this.#stage, done: this.#done, total: this.#total, rate })
  }
}

/** Runs `work` for 0 … count−1 with at most `limit` under way; rejects with the first error and starts no more. */
export async function forEachConcurrently(
  count: number,
  limit: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const runner = async () => {
    while (next < count && !failed) {
      try {
        await work(next++)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, count) }, runner))
}
