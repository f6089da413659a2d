import { dueLooks, withLook } from '../protocol/verdict-history.ts'
import type { VerdictLook } from '../protocol/verdicts.ts'
import { LatestFeed } from './latest-feed.ts'
import { asFailure } from './request-error.ts'

/** What a look that failed is tried again for: an inspector that died is there again for the next call. */
const TRIES = 2

/**
 * All looks at the filters of one run. Which steps are looked at follows from the kept steps alone, so that a run that
 * nobody watched gets its looks when it is opened later, at those of the steps that are still kept.
 */
export class VerdictFeed extends LatestFeed<readonly VerdictLook[]> {
  readonly #look: (step: number) => Promise<VerdictLook>
  #looks: readonly VerdictLook[]
  #kept: readonly number[] = []
  /** How often the run went on from a step before. */
  #timesBack = 0
  #isOver = false
  #isLooking = false

  /** `looks` are those kept with the run; `look` makes another. */
  constructor(looks: readonly VerdictLook[], look: (step: number) => Promise<VerdictLook>, onUnused: () => void) {
    super(onUnused)
    this.#looks = looks
    this.#look = look
    this.publish(looks)
  }

  wanted(): void {
    // A look is made when there is something new to look at, not when a window can take one.
  }

  /** The run keeps the weights of these steps, ascending. */
  keeps(steps: readonly number[]): void {
    const newest = steps.at(-1) ?? 0
    if (newest < (this.#kept.at(-1) ?? 0)) {
      // A run that went on from before trains the steps after that again, the newest included.
      this.#looks = this.#looks.filter(({ step }) => step < newest)
      this.#timesBack++
    } else {
      this.#looks = this.#looks.filter(({ step }) => step <= newest)
    }
    this.#kept = steps
    void this.#lookOn()
  }

  /** No more steps come: its last is looked at too. */
  ended(): void {
    this.#isOver = true
    void this.#lookOn()
  }

  /** It is trained further. */
  goesOn(): void {
    this.#isOver = false
  }

  async #lookOn(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const failed = new Map<number, number>()
    const next = () =>
      dueLooks(this.#kept, this.#looks.at(-1)?.step, this.#isOver).find((step) => (failed.get(step) ?? 0) < TRIES)
    for (let step = next(); step !== undefined && this.isFollowed; step = next()) {
      try {
        const timesBack = this.#timesBack
        const look = await this.#look(step)
        // The run went back meanwhile: what was looked at is not what it is now.
        if (timesBack !== this.#timesBack) continue
        this.#looks = withLook(this.#looks, look)
        this.publish(this.#looks)
      } catch (error) {
        const { code } = asFailure(error)
        // A step that was dropped meanwhile, for want of room, is passed over.
        failed.set(step, (failed.get(step) ?? 0) + (code === 'internal' ? 1 : TRIES))
      }
    }
    this.#isLooking = false
  }
}
