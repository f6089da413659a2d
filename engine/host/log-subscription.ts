import type { HostMessage } from '../protocol/messages.ts'
import { LOG_WINDOW } from '../protocol/topics.ts'
import type { LogSource } from './log-source.ts'
import type { HostSubscription } from './host-subscription.ts'

/** Entries read at once for a window that is behind. */
const PAGE = 4096

/** Sends a log from `since` on, in order, never more than LOG_WINDOW entries past what the window has acknowledged. */
export class LogSubscription implements HostSubscription {
  readonly #id: number
  readonly #source: LogSource
  readonly #send: (message: HostMessage) => void
  readonly #onError: (error: unknown) => void
  readonly #stopListening: () => void
  #next: number
  #acknowledged: number
  #page: readonly unknown[] = []
  #pageFrom = 0
  #isPumping = false
  #isClosed = false

  constructor(
    id: number,
    source: LogSource,
    since: number,
    send: (message: HostMessage) => void,
    onError: (error: unknown) => void,
  ) {
    this.#id = id
    this.#source = source
    this.#send = send
    this.#onError = onError
    this.#next = Math.min(Math.max(since, source.first), source.length)
    this.#acknowledged = this.#next
    this.#stopListening = source.onAppend(() => this.#pump())
    this.#pump()
  }

  acknowledge(sequence: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(sequence + 1, this.#next))
    this.#pump()
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
  }

  #pump(): void {
    if (this.#isPumping || this.#isClosed) return
    this.#isPumping = true
    this.#sendAll().catch(this.#onError)
  }

  async #sendAll(): Promise<void> {
    try {
      while (!this.#isClosed && this.#next < this.#source.length && this.#next - this.#acknowledged < LOG_WINDOW) {
        const entry = await this.#entry(Math.max(this.#next, this.#source.first))
        if (entry === undefined || this.#isClosed) return
        this.#next = entry.sequence + 1
        this.#send({ kind: 'event', id: this.#id, sequence: entry.sequence, value: entry.value })
      }
    } finally {
      this.#isPumping = false
    }
  }

  async #entry(sequence: number): Promise<{ sequence: number; value: unknown } | undefined> {
    if (sequence < this.#pageFrom || sequence >= this.#pageFrom + this.#page.length) {
      this.#page = await this.#source.read(sequence, PAGE)
      this.#pageFrom = sequence
    }
    return this.#page.length === 0 ? undefined : { sequence, value: this.#page[sequence - this.#pageFrom] }
  }
}
