import type { ErrorCode } from '../protocol/messages.ts'
import type { LatestSource, LatestSubscription } from './latest-subscription.ts'

/** Shares the newest value among the windows that follow it. */
export abstract class LatestFeed<Value> implements LatestSource {
  readonly #subscriptions = new Set<LatestSubscription>()
  #newest: Value | undefined
  readonly #onUnused: () => void

  /** `onUnused` is called when the last window has left. */
  constructor(onUnused: () => void) {
    this.#onUnused = onUnused
  }

  abstract wanted(): void

  get newest(): Value | undefined {
    return this.#newest
  }

  /** True when some window can take a value now. */
  get isWanted(): boolean {
    return [...this.#subscriptions].some((subscription) => subscription.isWaiting)
  }

  /** True while some window follows it. */
  get isFollowed(): boolean {
    return this.#subscriptions.size > 0
  }

  publish(value: Value): void {
    this.#newest = value
    for (const subscription of this.#subscriptions) subscription.sendNewest()
  }

  /** Ends every subscription with the reason. */
  fail(failure: { code: ErrorCode; message: string }): void {
    for (const subscription of [...this.#subscriptions]) subscription.fail(failure)
  }

  attach(subscription: LatestSubscription): void {
    this.#subscriptions.add(subscription)
  }

  detach(subscription: LatestSubscription): void {
    this.#subscriptions.delete(subscription)
    if (this.#subscriptions.size === 0) this.#onUnused()
  }
}
