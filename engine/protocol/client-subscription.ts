import type { ClientMessage, Topic } from './messages.ts'
import type { ProtocolError } from './protocol-error.ts'
import { isLogTopic, LOG_ACKNOWLEDGE_EVERY } from './topics.ts'

export type TopicListener = (value: unknown, sequence: number) => void | Promise<void>
export type Post = (message: ClientMessage) => void

/** One thing a window follows, for as long as it follows it: it outlives the connections it is carried by. */
export class ClientSubscription {
  readonly id: number
  readonly topic: Topic
  readonly #listener: TopicListener
  readonly #onFailure: (error: ProtocolError) => void
  #next: number | undefined
  /** Nothing has been heard yet from the host there is now. */
  #isHostNew = false
  #delivered: Promise<void> = Promise.resolve()
  #ended = false

  constructor(
    id: number,
    topic: Topic,
    since: number | undefined,
    listener: TopicListener,
    onFailure: (error: ProtocolError) => void,
  ) {
    this.id = id
    this.topic = topic
    this.#next = since
    this.#listener = listener
    this.#onFailure = onFailure
  }

  /** The message that starts it, or goes on after the last event received. */
  subscribeMessage(): ClientMessage {
    const since = isLogTopic(this.topic) ? this.#next : undefined
    return { kind: 'subscribe', id: this.id, topic: this.topic, ...(since === undefined ? {} : { since }) }
  }

  /**
   * Another host counts the progress of data from 0 again; a run's log is numbered in its folder. But that may lack the
   * last entries heard, where the host before died with the trainer: the log then goes on at a lower number.
   */
  hostChanged(): void {
    if (this.topic.kind === 'data') this.#next = undefined
    this.#isHostNew = true
  }

  /** Hands an event to the listener, after those before it, and acknowledges it through `post` once that is done. */
  receive(value: unknown, sequence: number, post: Post): void {
    const isLog = isLogTopic(this.topic)
    if (isLog) {
      if (this.#next !== undefined && sequence < this.#next && !this.#isHostNew) return
      this.#isHostNew = false
      this.#next = sequence + 1
    }
    const acknowledged = !isLog || sequence % LOG_ACKNOWLEDGE_EVERY === LOG_ACKNOWLEDGE_EVERY - 1
    const deliver = async () => {
      if (this.#ended) return
      try {
        await this.#listener(value, sequence)
      } finally {
        if (acknowledged && !this.#ended) post({ kind: 'acknowledge', id: this.id, sequence })
      }
    }
    const delivery = this.#delivered.then(deliver)
    // The next event is heard whatever becomes of this one; a listener's error surfaces as an unhandled rejection.
    this.#delivered = new Promise((resolve) => {
      void delivery.finally(resolve)
    })
  }

  fail(error: ProtocolError): void {
    this.#ended = true
    this.#onFailure(error)
  }

  end(): void {
    this.#ended = true
  }
}
