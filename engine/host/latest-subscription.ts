import type { ErrorCode, HostMessage } from '../protocol/messages.ts'
import type { HostSubscription } from './host-subscription.ts'

/** A window whose socket holds more than this gets no more frames until it has caught up. */
const MAXIMUM_BUFFERED_BYTES = 32 * 2 ** 20
/** How soon such a window is looked at again. */
const BUFFER_CHECK_MS = 100

/** Values of which only the newest matters. */
export interface LatestSource {
  /** The newest value, where there is one already. */
  readonly newest: unknown
  attach(subscription: LatestSubscription): void
  detach(subscription: LatestSubscription): void
  /** A subscription can take a value now: a source that makes values on demand makes one. */
  wanted(): void
}

export interface LatestTarget {
  readonly bufferedBytes: number
  send(message: HostMessage): void
}

/** Sends one value at a time: the next, and only the newest, when the window has acknowledged the one before. */
export class LatestSubscription implements HostSubscription {
  readonly #id: number
  readonly #source: LatestSource
  readonly #target: LatestTarget
  #sequence = 0
  #inFlight: number | undefined
  #lastSent: unknown
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(id: number, source: LatestSource, target: LatestTarget) {
    this.#id = id
    this.#source = source
    this.#target = target
    source.attach(this)
    this.sendNewest()
  }

  /** True when it has nothing in flight, and nothing new to send. */
  get isWaiting(): boolean {
    return !this.#isClosed && this.#inFlight === undefined && this.#timer === undefined
  }

  /** The source has a newer value, or this window has caught up. */
  sendNewest(): void {
    if (!this.isWaiting) return
    if (this.#target.bufferedBytes > MAXIMUM_BUFFERED_BYTES) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.sendNewest()
      }, BUFFER_CHECK_MS)
      return
    }
    const value = this.#source.newest
    if (value === undefined || value === this.#lastSent) {
      this.#source.wanted()
      return
    }
    this.#lastSent = value
    this.#inFlight = this.#sequence++
    this.#target.send({ kind: 'event', id: this.#id, sequence: this.#inFlight, value })
  }

  acknowledge(sequence: number): void {
    if (sequence !== this.#inFlight) return
    this.#inFlight = undefined
    this.sendNewest()
  }

  /** No more values can come: tells the window why, and ends. */
  fail(failure: { code: ErrorCode; message: string }): void {
    if (this.#isClosed) return
    this.#target.send({ kind: 'failure', id: this.#id, ...failure })
    this.close()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#source.detach(this)
  }
}
