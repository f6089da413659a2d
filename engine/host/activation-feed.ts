import type { ActivationFrame } from '../protocol/runs.ts'
import { LatestFeed } from './latest-feed.ts'
import { asFailure } from './request-error.ts'

/** The activation maps of one layer for one picture: computed anew whenever the run has kept new weights and a window is ready. */
export class ActivationFeed extends LatestFeed<ActivationFrame> {
  readonly #compute: () => Promise<ActivationFrame>
  #isComputing = false
  #isStale: boolean
  #failuresInARow = 0

  /** `hasWeights` is false for a run that has not kept any yet: its first snapshot starts the feed. */
  constructor(compute: () => Promise<ActivationFrame>, hasWeights: boolean, onUnused: () => void) {
    super(onUnused)
    this.#compute = compute
    this.#isStale = hasWeights
  }

  wanted(): void {
    if (!this.#isStale || this.#isComputing) return
    this.#isComputing = true
    this.#isStale = false
    this.#compute()
      .then(
        (frame) => {
          this.#failuresInARow = 0
          this.publish(frame)
        },
        (error: unknown) => this.#tryAgainOnce(asFailure(error)),
      )
      .finally(() => {
        this.#isComputing = false
        if (this.isWanted) this.wanted()
      })
  }

  /** An inspector that died is there again for the next call; one that dies of this very picture is not asked for ever. */
  #tryAgainOnce(failure: ReturnType<typeof asFailure>): void {
    this.#failuresInARow++
    if (failure.code === 'internal' && this.#failuresInARow === 1) this.#isStale = true
    else this.fail(failure)
  }

  /** The run has kept the weights of another step. */
  snapshotKept(): void {
    this.#isStale = true
    if (this.isWanted) this.wanted()
  }
}
