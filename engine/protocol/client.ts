import type { Channel } from './channel.ts'
import { ClientSubscription, type TopicListener } from './client-subscription.ts'
import type { ClientMessage, HostMessage, Topic, TopicValues } from './messages.ts'
import { hostMessageSchema } from './messages.ts'
import { ProtocolError } from './protocol-error.ts'
import type { RequestMethod, RequestParameters, RequestResults } from './requests.ts'
import { PROTOCOL_VERSION } from './version.ts'

export type ConnectionState =
  | { readonly kind: 'connecting' }
  /** `hostId` is new each time the engine starts: what it held in memory is gone then. */
  | { readonly kind: 'open'; readonly hostId: string }
  /** `reason` is a sentence for a person; the client tries again by itself where `willRetry`. */
  | { readonly kind: 'lost'; readonly reason: string; readonly willRetry: boolean }

export interface SubscribeOptions {
  /** log topics: the first sequence number wanted; left out: everything. */
  readonly since?: number
  /** The host refused or ended the subscription; no more values come. Left out: the error is thrown as unhandled. */
  readonly onFailure?: (error: ProtocolError) => void
}

export interface Client {
  readonly state: ConnectionState
  /** Hears every change of state; returns how to stop. */
  onState(listener: (state: ConnectionState) => void): () => void
  /**
   * Asks the host. Waits while the connection is being made.
   * Rejects with ProtocolError: the host's, or 'connectionLost' where the connection broke before the answer.
   */
  request<M extends RequestMethod>(method: M, parameters: RequestParameters<M>): Promise<RequestResults[M]>
  /**
   * Follows a topic until the returned function is called, through reconnects: logs lose and double nothing.
   * A frame of a latest topic is acknowledged when `listener` is done (its promise, if it returns one),
   * so the drawing sets the pace.
   */
  subscribe<K extends Topic['kind']>(
    topic: Extract<Topic, { kind: K }>,
    options: SubscribeOptions,
    listener: (value: TopicValues[K], sequence: number) => void | Promise<void>,
  ): () => void
  close(): void
}

export interface ClientOptions {
  /** Pauses before the next try to connect, in ms; the last one repeats. */
  readonly retryDelays?: readonly number[]
}

interface PendingRequest {
  readonly message: ClientMessage
  readonly resolve: (value: unknown) => void
  readonly reject: (error: ProtocolError) => void
}

const closedByWindow = 'The window closed the connection.'

/** A window's side of the protocol over any channel; `connect` makes a new one each time it is called. */
export function createClient(connect: () => Promise<Channel>, options: ClientOptions = {}): Client {
  const retryDelays = options.retryDelays ?? [250, 500, 1000, 2000, 5000]
  const stateListeners = new Set<(state: ConnectionState) => void>()
  const requests = new Map<number, PendingRequest>()
  const subscriptions = new Map<number, ClientSubscription>()
  let state: ConnectionState = { kind: 'connecting' }
  let channel: Channel | undefined
  let hostId: string | undefined
  let nextId = 1
  let failedTries = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  function setState(next: ConnectionState): void {
    state = next
    for (const listener of stateListeners) listener(next)
  }

  async function open(): Promise<void> {
    let opened: Channel
    try {
      opened = await connect()
    } catch (error) {
      if (!closed) lose(error instanceof Error ? error.message : String(error), true)
      return
    }
    if (closed) {
      opened.close()
      return
    }
    channel = opened
    opened.onMessage((message) => {
      if (channel === opened) receive(opened, message)
    })
    opened.onClose((reason) => {
      if (channel === opened) lose(reason, true)
    })
    opened.post({ kind: 'hello', version: PROTOCOL_VERSION } satisfies ClientMessage)
  }

  function receive(from: Channel, raw: unknown): void {
    const parsed = hostMessageSchema.safeParse(raw)
    if (!parsed.success) {
      lose('The engine sent a message this window does not understand; reload the window.', false)
      return
    }
    const message = parsed.data
    if (message.kind === 'welcome') welcome(from, message)
    else if (message.kind === 'event') {
      subscriptions.get(message.id)?.receive(message.value, message.sequence, (reply) => {
        if (channel === from) from.post(reply)
      })
    } else if (message.kind === 'result') {
      requests.get(message.id)?.resolve(message.value)
      requests.delete(message.id)
    } else fail(message)
  }

  function welcome(from: Channel, message: Extract<HostMessage, { kind: 'welcome' }>): void {
    if (message.version !== PROTOCOL_VERSION) {
      lose(versionSentence(message.version), false)
      return
    }
    failedTries = 0
    for (const subscription of subscriptions.values()) {
      if (hostId !== undefined && hostId !== message.hostId) subscription.hostChanged()
      from.post(subscription.subscribeMessage())
    }
    hostId = message.hostId
    for (const request of requests.values()) from.post(request.message)
    setState({ kind: 'open', hostId })
  }

  function fail({ id, code, message }: Extract<HostMessage, { kind: 'failure' }>): void {
    const error = new ProtocolError(code, message)
    const subscription = subscriptions.get(id)
    if (id === 0) lose(message, code !== 'versionMismatch')
    else if (subscription) {
      subscriptions.delete(id)
      subscription.fail(error)
    } else {
      requests.get(id)?.reject(error)
      requests.delete(id)
    }
  }

  function lose(reason: string, willRetry: boolean): void {
    const lost = channel
    channel = undefined
    lost?.close()
    for (const request of requests.values()) request.reject(new ProtocolError('connectionLost', reason))
    requests.clear()
    if (willRetry) {
      const delay = retryDelays[Math.min(failedTries, retryDelays.length - 1)] ?? 1000
      failedTries++
      retryTimer = setTimeout(() => {
        setState({ kind: 'connecting' })
        void open()
      }, delay)
    }
    setState({ kind: 'lost', reason, willRetry })
  }

  void open()

  return {
    get state() {
      return state
    },
    onState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    request: <M extends RequestMethod>(method: M, parameters: RequestParameters<M>) =>
      new Promise<RequestResults[M]>((resolve, reject) => {
        if (state.kind === 'lost') {
          reject(new ProtocolError('connectionLost', state.reason))
          return
        }
        const message: ClientMessage = { kind: 'request', id: nextId++, method, parameters }
        requests.set(message.id, { message, resolve: (value) => resolve(value as RequestResults[M]), reject })
        if (state.kind === 'open') channel?.post(message)
      }),
    subscribe(topic, { since, onFailure }, listener) {
      const subscription = new ClientSubscription(
        nextId++,
        topic,
        since,
        listener as TopicListener,
        onFailure ?? ((error) => void Promise.reject(error)),
      )
      subscriptions.set(subscription.id, subscription)
      if (state.kind === 'open') channel?.post(subscription.subscribeMessage())
      return () => {
        subscription.end()
        if (!subscriptions.delete(subscription.id)) return
        if (state.kind === 'open') channel?.post({ kind: 'unsubscribe', id: subscription.id } satisfies ClientMessage)
      }
    },
    close() {
      closed = true
      clearTimeout(retryTimer)
      lose(closedByWindow, false)
    },
  }
}

function versionSentence(hostVersion: number): string {
  return `This window speaks version ${PROTOCOL_VERSION} of the protocol and the engine version ${hostVersion}; reload the window or restart Filterscope so that both are the same.`
}
