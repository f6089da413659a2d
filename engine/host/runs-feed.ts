import type { RunDescription, RunLogEntry } from '../protocol/runs.ts'
import { LatestFeed } from './latest-feed.ts'
import type { LiveRun } from './live-run.ts'
import { asFailure } from './request-error.ts'

/** How often the list may be read again while a run goes on. */
const SHORTEST_INTERVAL_MS = 500

/** Entries that change what the list shows. */
const telling: readonly RunLogEntry['kind'][] = ['phase', 'prepared', 'steps', 'finished']

/** The list of runs, renewed when something in it changes and someone looks. */
export class RunsFeed extends LatestFeed<readonly RunDescription[]> {
  readonly #list: () => Promise<readonly RunDescription[]>
  #isStale = true
  #timer: ReturnType<typeof setTimeout> | undefined
  #readAt = Number.NEGATIVE_INFINITY

  constructor(list: () => Promise<readonly RunDescription[]>) {
    super(() => undefined)
    this.#list = list
  }

  /** Follows a run for as long as it is trained. */
  follow(run: LiveRun): void {
    this.changed()
    run.entries.add(({ kind }) => {
      if (telling.includes(kind)) this.changed()
    })
    // Only then does the folder alone tell of the run.
    void run.ended.then(() => this.changed())
  }

  changed(): void {
    this.#isStale = true
    if (this.isWanted) this.wanted()
  }

  wanted(): void {
    if (!this.#isStale || this.#timer !== undefined) return
    const pause = Math.max(0, this.#readAt + SHORTEST_INTERVAL_MS - performance.now())
    this.#timer = setTimeout(() => void this.#read(), pause)
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now()
    this.#isStale = false
    try {
      this.publish(await this.#list())
    } catch (error) {
      this.#isStale = true
      this.fail(asFailure(error))
    } finally {
      this.#timer = undefined
      if (this.isWanted) this.wanted()
    }
  }
}
