import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CallParts } from '../call-parts.ts'
import { InspectionError } from '../inspection-error.ts'

const REPORT_INTERVAL_MS = 100

/** Tells how far the measuring of a layer is, and ends it where that is wished. */
export class WidthProgress {
  readonly #parts: CallParts
  readonly #startedAt = performance.now()
  #total: number
  #done = 0
  #reportedAt = Number.NEGATIVE_INFINITY

  /** `total` looks at the network are expected. */
  constructor(total: number, parts: CallParts) {
    this.#total = total
    this.#parts = parts
  }

  /** To be called before every look at the network. Throws InspectionError 'cancelled' after the signal. */
  async step(stage: string): Promise<void> {
    const now = performance.now()
    if (now - this.#reportedAt >= REPORT_INTERVAL_MS) {
      this.#reportedAt = now
      const rate = this.#done === 0 ? 0 : (1000 * this.#done) / (now - this.#startedAt)
      this.#total = Math.max(this.#total, this.#done + 1)
      this.#parts.onProgress({ stage, done: this.#done, total: this.#total, rate })
    }
    this.#done++
    await this.breathe()
  }

  /** To be called again and again where no look at the network is taken for long. Throws as `step` does. */
  async breathe(): Promise<void> {
    // What computes blocks this thread, so a wish to end it gets its turn in between.
    await nextTurn()
    if (this.#parts.signal.aborted) throw new InspectionError('cancelled', 'The measuring of the layer was cancelled.')
  }
}
