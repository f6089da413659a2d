import type { Channel } from '../protocol/channel.ts'
import { type ClientMessage, clientMessageSchema, type HostMessage } from '../protocol/messages.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import { dispatch } from './dispatch.ts'
import type { Handlers } from './handlers/handlers.ts'
import type { HostSubscription } from './host-subscription.ts'
import type { LatestTarget } from './latest-subscription.ts'
import { asFailure, invalidSentence, RequestError } from './request-error.ts'
import type { Topics } from './topics.ts'

const MAXIMUM_SUBSCRIPTIONS = 256
const MAXIMUM_OPEN_REQUESTS = 256
/** A window that does not read its answers is given no more of them. */
const MAXIMUM_UNREAD_BYTES = 128 * 2 ** 20

export interface ConnectionParts {
  readonly hostId: string
  readonly handlers: Handlers
  readonly topics: Topics
}

/** The host's end of one window: checks every message, answers requests, keeps subscriptions. */
export class Connection implements LatestTarget {
  readonly #channel: Channel
  readonly #parts: ConnectionParts
  /** A subscription that is still being made is 'pending'. */
  readonly #subscriptions = new Map<number, HostSubscription | 'pending'>()
  #openRequests = 0
  #isGreeted = false
  #isClosed = false

  constructor(channel: Channel, parts: ConnectionParts) {
    this.#channel = channel
    this.#parts = parts
    channel.onClose(() => this.#close())
    channel.onMessage((message) => this.#receive(message))
  }

  get bufferedBytes(): number {
    return this.#channel.bufferedBytes
  }

  /** A failure with a subscription's id also ends the subscription. */
  send(message: HostMessage): void {
    if (message.kind === 'failure') this.#unsubscribe(message.id)
    if (!this.#isClosed) this.#channel.post(message)
  }

  #receive(raw: unknown): void {
    const parsed = clientMessageSchema.safeParse(raw)
    if (!parsed.success) this.#fail(idOf(raw), new RequestError('badInput', invalidSentence('A message', parsed.error)))
    else if (parsed.data.kind === 'hello') this.#greet(parsed.data.version)
    else if (!this.#isGreeted) {
      this.#fail(idOf(raw), new RequestError('badInput', 'The first message of a window must be "hello".'))
    } else this.#handle(parsed.data)
  }

  #greet(version: number): void {
    if (version !== PROTOCOL_VERSION) {
      const sentence = `This window speaks version ${version} of the protocol and the engine version ${PROTOCOL_VERSION}; reload the window or restart Filterscope so that both are the same.`
      this.#fail(0, new RequestError('versionMismatch', sentence))
      this.#channel.close()
      return
    }
    this.#isGreeted = true
    this.send({ kind: 'welcome', version: PROTOCOL_VERSION, hostId: this.#parts.hostId })
  }

  #handle(message: Exclude<ClientMessage, { kind: 'hello' }>): void {
    switch (message.kind) {
      case 'request':
        void this.#answer(message)
        return
      case 'subscribe':
        void this.#subscribe(message)
        return
      case 'unsubscribe':
        this.#unsubscribe(message.id)
        return
      case 'acknowledge': {
        const subscription = this.#subscriptions.get(message.id)
        if (subscription !== 'pending') subscription?.acknowledge(message.sequence)
      }
    }
  }

  async #answer({ id, method, parameters }: Extract<ClientMessage, { kind: 'request' }>): Promise<void> {
    if (this.#openRequests >= MAXIMUM_OPEN_REQUESTS) {
      const sentence = `This window has ${MAXIMUM_OPEN_REQUESTS} requests open already; wait for their answers.`
      this.#fail(id, new RequestError('conflict', sentence))
      return
    }
    if (this.bufferedBytes > MAXIMUM_UNREAD_BYTES) {
      this.#fail(id, new RequestError('conflict', 'This window has not read the answers it has; ask again later.'))
      return
    }
    this.#openRequests++
    try {
      this.send({ kind: 'result', id, value: await dispatch(this.#parts.handlers, method, parameters) })
    } catch (error) {
      this.#fail(id, error)
    } finally {
      this.#openRequests--
    }
  }

  async #subscribe({ id, topic, since }: Extract<ClientMessage, { kind: 'subscribe' }>): Promise<void> {
    if (this.#subscriptions.has(id)) {
      this.#fail(id, new RequestError('conflict', `This window has a subscription ${id} already.`))
      return
    }
    if (this.#subscriptions.size >= MAXIMUM_SUBSCRIPTIONS) {
      this.#fail(id, new RequestError('conflict', `This window follows ${MAXIMUM_SUBSCRIPTIONS} topics already.`))
      return
    }
    this.#subscriptions.set(id, 'pending')
    try {
      const subscription = await this.#parts.topics.subscribe(id, topic, since ?? 0, this)
      if (this.#subscriptions.get(id) === 'pending') this.#subscriptions.set(id, subscription)
      else subscription.close()
    } catch (error) {
      this.#fail(id, error)
    }
  }

  #unsubscribe(id: number): void {
    const subscription = this.#subscriptions.get(id)
    this.#subscriptions.delete(id)
    if (subscription !== 'pending') subscription?.close()
  }

  #fail(id: number, error: unknown): void {
    this.send({ kind: 'failure', id, ...asFailure(error) })
  }

  #close(): void {
    this.#isClosed = true
    for (const id of [...this.#subscriptions.keys()]) this.#unsubscribe(id)
  }
}

/** The id of a message that may be anything. */
function idOf(raw: unknown): number {
  const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : undefined
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : 0
}
