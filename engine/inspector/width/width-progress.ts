import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CallParts } from '../call-parts.ts'
import { InspectionError } from '../inspection-error.ts'

const REPORT_INTERVAL_MS = 100

/** Tells how far the measuring of a layer is, and ends it where that is wished. */
export class WidthProgress {
  readonly #parts: CallParts
  #total: number
  #stage = ''
  #stageBegan = { at: 0, done: 0 }
  #done = 0
  #reportedAt = Number.NEGATIVE_INFINITY

  /** `total` looks at batches are expected. */
  constructor(total: number, parts: CallParts) {
    this.#total = total
    this.#parts = parts
  }

  /** To be called before every look at a batch, `cost` times as long as one at masked filters. Throws InspectionError 'cancelled' after the signal. */
  async step(stage: string, cost = 1): Promise<void> {
    const now = performance.now()
    // A cost is an estimate; looks of one kind take as long as each other.
    if (stage !== this.#stage) {
      this.#stage = stage
      this.#stageBegan = { at: now, done: this.#done }
    }
    if (now - this.#reportedAt >= REPORT_INTERVAL_MS) {
      this.#reportedAt = now
      const { at, done } = this.#stageBegan
      const rate = this.#done === done ? 0 : (1000 * (this.#done - done)) / (now - at)
      this.#total = Math.max(this.#total, this.#done + cost)
      this.#parts.onProgress({ stage, done: Math.round(this.#done), total: Math.round(this.#total), rate })
    }
    this.#done += cost
    await this.breathe()
  }

  /** To be called again and again where no look at the network is taken for long. Throws as `step` does. */
  async breathe(): Promise<void> {
    // What computes blocks this thread, so a wish to end it gets its turn in between.
    await nextTurn()
    if (this.#parts.signal.aborted) throw new InspectionError('cancelled', 'The measuring of the layer was cancelled.')
  }
}
