import type { LiveFilterFrame } from '../protocol/live-filters.ts'
import { LatestFeed } from './latest-feed.ts'

/** At most ten frames a second, whatever the number of windows. */
const SHORTEST_INTERVAL_MS = 100

/**
 * The kernels of one layer while a run trains. The trainer is asked for a frame only when a window is ready for one,
 * and not again before the last was answered, so that nobody looking, or looking slowly, costs nothing.
 */
export class FilterFeed extends LatestFeed<LiveFilterFrame> {
  readonly #requestFrame: () => boolean
  #isAsked = false
  /** True while a new frame could only repeat the newest: the run is paused or over. */
  #isUpToDate = false
  #askedAt = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `requestFrame` asks the trainer and returns false where none is running. */
  constructor(requestFrame: () => boolean, onUnused: () => void) {
    super(onUnused)
    this.#requestFrame = requestFrame
  }

  wanted(): void {
    if (this.#isAsked || this.#isUpToDate || this.#timer !== undefined) return
    const pause = Math.max(0, this.#askedAt + SHORTEST_INTERVAL_MS - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (!this.isWanted) return
      this.#askedAt = performance.now()
      this.#isAsked = this.#requestFrame()
    }, pause)
  }

  receive(frame: LiveFilterFrame): void {
    this.#isAsked = false
    if (frame.step === this.newest?.step) this.#isUpToDate = true
    else this.publish(frame)
  }

  /** Something happened in the run, so its weights may be new. */
  runProgressed(): void {
    this.#isUpToDate = false
    if (this.isWanted) this.wanted()
  }

  /** The trainer has ended: what it was asked for does not come any more. */
  trainerEnded(): void {
    this.#isAsked = false
  }
}
