import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Channel } from './channel.ts'
import { type ConnectionState, createClient } from './client.ts'
import type { ClientMessage, HostMessage } from './messages.ts'
import { PROTOCOL_VERSION } from './version.ts'

/** The host's end of a channel that lives in this test. */
class FakeHost {
  readonly heard: ClientMessage[] = []
  isClosedByWindow = false
  #listener: (message: unknown) => void = () => undefined
  #closeListener: (reason: string) => void = () => undefined

  readonly channel: Channel = {
    post: (message) => void this.heard.push(message as ClientMessage),
    onMessage: (listener) => (this.#listener = listener),
    onClose: (listener) => (this.#closeListener = listener),
    close: () => (this.isClosedByWindow = true),
    bufferedBytes: 0,
  }

  say(message: HostMessage): void {
    this.#listener(message)
  }

  welcome(hostId = 'host-1'): void {
    this.say({ kind: 'welcome', version: PROTOCOL_VERSION, hostId })
  }

  breakOff(): void {
    this.#closeListener('The engine closed the connection.')
  }

  heardOf<K extends ClientMessage['kind']>(kind: K) {
    return this.heard.filter((message): message is Extract<ClientMessage, { kind: K }> => message.kind === kind)
  }
}

let hosts: FakeHost[]
/** Errors of the next tries to connect. */
let refusals: string[]

function connect(): Promise<Channel> {
  const refusal = refusals.shift()
  if (refusal !== undefined) return Promise.reject(new Error(refusal))
  const host = new FakeHost()
  hosts.push(host)
  return Promise.resolve(host.channel)
}

const settle = () => vi.advanceTimersByTimeAsync(0)
const newest = () => hosts.at(-1) as FakeHost

beforeEach(() => {
  vi.useFakeTimers()
  hosts = []
  refusals = []
})
afterEach(() => vi.useRealTimers())

async function openClient() {
  const client = createClient(connect, { retryDelays: [100, 400] })
  const states: ConnectionState[] = []
  client.onState((state) => states.push(state))
  await settle()
  newest().welcome()
  return { client, states }
}

describe('requests', () => {
  it('wait for the welcome and come back to whoever asked', async () => {
    const client = createClient(connect)
    const [info, runs] = [client.request('app.info', {}), client.request('runs.list', {})]
    await settle()
    expect(newest().heard).toEqual([{ kind: 'hello', version: PROTOCOL_VERSION }])
    newest().welcome()
    const [first, second] = newest().heardOf('request')
    expect([first?.method, second?.method]).toEqual(['app.info', 'runs.list'])
    newest().say({ kind: 'result', id: second?.id ?? 0, value: [] })
    newest().say({ kind: 'result', id: first?.id ?? 0, value: { version: '1' } })
    expect(await runs).toEqual([])
    expect(await info).toEqual({ version: '1' })
    client.close()
  })

  it('fail with the host’s code and sentence', async () => {
    const { client } = await openClient()
    const asked = expect(client.request('runs.open', { runId: 'x' })).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'notFound',
      message: 'There is no run x.',
    })
    newest().say({
      kind: 'failure',
      id: newest().heardOf('request')[0]?.id ?? 0,
      code: 'notFound',
      message: 'There is no run x.',
    })
    await asked
    client.close()
  })

  it('fail when the connection breaks before the answer, and at once while it is lost', async () => {
    const { client } = await openClient()
    const waiting = expect(client.request('runs.list', {})).rejects.toMatchObject({ code: 'connectionLost' })
    newest().breakOff()
    await waiting
    await expect(client.request('runs.list', {})).rejects.toMatchObject({ code: 'connectionLost' })
    client.close()
  })
})

describe('the connection', () => {
  it('is tried again with growing pauses, and each change is told', async () => {
    const { client, states } = await openClient()
    refusals = ['no answer', 'still none']
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(99)
    expect(states.at(-1)?.kind).toBe('lost')
    await vi.advanceTimersByTimeAsync(1)
    expect(states.slice(-2)).toEqual([{ kind: 'connecting' }, { kind: 'lost', reason: 'no answer', willRetry: true }])
    await vi.advanceTimersByTimeAsync(400)
    expect(states.at(-1)).toEqual({ kind: 'lost', reason: 'still none', willRetry: true })
    await vi.advanceTimersByTimeAsync(400)
    newest().welcome()
    expect(client.state).toEqual({ kind: 'open', hostId: 'host-1' })
    // A connection that stood starts the pauses anew.
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    expect(hosts).toHaveLength(3)
    client.close()
  })

  it('is given up with a sentence where the versions differ, on either side’s word', async () => {
    const byWelcome = createClient(connect)
    await settle()
    newest().say({ kind: 'welcome', version: PROTOCOL_VERSION + 1, hostId: 'h' })
    expect(byWelcome.state).toMatchObject({
      kind: 'lost',
      willRetry: false,
      reason: expect.stringContaining('reload') as string,
    })
    const byFailure = createClient(connect)
    await settle()
    newest().say({ kind: 'failure', id: 0, code: 'versionMismatch', message: 'Reload the window.' })
    expect(byFailure.state).toEqual({ kind: 'lost', reason: 'Reload the window.', willRetry: false })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(hosts).toHaveLength(2)
  })

  it('is given up where the host talks nonsense', async () => {
    const { client } = await openClient()
    newest().say({ kind: 'moon' } as never)
    expect(client.state).toMatchObject({ kind: 'lost', willRetry: false })
    expect(newest().isClosedByWindow).toBe(true)
  })

  it('stays closed once closed, even in the middle of connecting', async () => {
    const client = createClient(connect)
    client.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(hosts).toHaveLength(1)
    expect(newest().isClosedByWindow).toBe(true)
    expect(client.state.kind).toBe('lost')
  })
})

describe('a log', () => {
  const topic = { kind: 'run', runId: 'r' } as const
  const event = (sequence: number): HostMessage => ({
    kind: 'event',
    id: newest().heardOf('subscribe')[0]?.id ?? 0,
    sequence,
    value: { kind: 'checkpoint', step: sequence },
  })

  it('goes on after the last entry received, whatever is sent twice', async () => {
    const { client } = await openClient()
    const heard: number[] = []
    client.subscribe(topic, {}, (_entry, sequence) => void heard.push(sequence))
    expect(newest().heardOf('subscribe')[0]).not.toHaveProperty('since')
    for (const sequence of [0, 1, 2]) newest().say(event(sequence))
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    newest().welcome()
    expect(newest().heardOf('subscribe')).toMatchObject([{ topic, since: 3 }])
    for (const sequence of [2, 3, 4]) newest().say(event(sequence))
    await settle()
    expect(heard).toEqual([0, 1, 2, 3, 4])
    client.close()
  })

  it('is acknowledged now and then, once the listener is done', async () => {
    const { client } = await openClient()
    const heard: number[] = []
    client.subscribe(topic, { since: 10 }, (_entry, sequence) => void heard.push(sequence))
    for (let sequence = 10; sequence < 200; sequence++) newest().say(event(sequence))
    await settle()
    expect(heard).toHaveLength(190)
    expect(
      newest()
        .heardOf('acknowledge')
        .map(({ sequence }) => sequence),
    ).toEqual([63, 127, 191])
    client.close()
  })

  it('is delivered in order even to a listener that takes its time', async () => {
    const { client } = await openClient()
    const heard: number[] = []
    client.subscribe(topic, {}, async (_entry, sequence) => {
      await new Promise((resolve) => setTimeout(resolve, 10 - sequence))
      heard.push(sequence)
    })
    for (const sequence of [0, 1, 2]) newest().say(event(sequence))
    await vi.advanceTimersByTimeAsync(100)
    expect(heard).toEqual([0, 1, 2])
    client.close()
  })

  it('of another host begins anew where that host numbers anew', async () => {
    const { client } = await openClient()
    client.subscribe(topic, {}, () => undefined)
    client.subscribe({ kind: 'data' }, {}, () => undefined)
    const [run, data] = newest().heardOf('subscribe')
    for (const id of [run?.id ?? 0, data?.id ?? 0]) newest().say({ kind: 'event', id, sequence: 0, value: {} })
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    newest().welcome('host-2')
    const again = newest().heardOf('subscribe')
    expect(again).toMatchObject([{ topic: { kind: 'run' }, since: 1 }, { topic: { kind: 'data' } }])
    expect(again[1]).not.toHaveProperty('since')
    client.close()
  })
})

describe('a log that ends earlier at another host than was heard of it', () => {
  it('goes on where that host says', async () => {
    const { client } = await openClient()
    const heard: number[] = []
    client.subscribe({ kind: 'run', runId: 'r' }, {}, (_entry, sequence) => void heard.push(sequence))
    const say = (sequence: number) => {
      const id = newest().heardOf('subscribe')[0]?.id ?? 0
      newest().say({ kind: 'event', id, sequence, value: { kind: 'checkpoint', step: sequence } })
    }
    for (const sequence of [0, 1, 2]) say(sequence)
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    newest().welcome('host-2')
    // Entry 2 was told but never written; what the log holds at its place now is another one.
    for (const sequence of [2, 3, 3, 4]) say(sequence)
    await settle()
    expect(heard).toEqual([0, 1, 2, 2, 3, 4])
    client.close()
  })
})

describe('a latest topic', () => {
  const topic = { kind: 'filters', runId: 'r', layer: 'conv1' } as const

  it('is acknowledged when the listener has drawn', async () => {
    const { client } = await openClient()
    let drawn: (() => void) | undefined
    client.subscribe(topic, {}, () => new Promise<void>((resolve) => (drawn = resolve)))
    const id = newest().heardOf('subscribe')[0]?.id ?? 0
    newest().say({ kind: 'event', id, sequence: 4, value: {} })
    await settle()
    expect(newest().heardOf('acknowledge')).toEqual([])
    drawn?.()
    await settle()
    expect(newest().heardOf('acknowledge')).toEqual([{ kind: 'acknowledge', id, sequence: 4 }])
    client.close()
  })

  it('does not acknowledge to a new connection what an old one brought', async () => {
    const { client } = await openClient()
    let drawn: (() => void) | undefined
    client.subscribe(topic, {}, () => new Promise<void>((resolve) => (drawn = resolve)))
    newest().say({ kind: 'event', id: newest().heardOf('subscribe')[0]?.id ?? 0, sequence: 0, value: {} })
    await settle()
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    newest().welcome()
    drawn?.()
    await settle()
    expect(newest().heardOf('acknowledge')).toEqual([])
    client.close()
  })

  it('ends when it is stopped: nothing more is heard, nothing asked for again', async () => {
    const { client } = await openClient()
    let heard = 0
    const stop = client.subscribe(topic, {}, () => void heard++)
    const id = newest().heardOf('subscribe')[0]?.id ?? 0
    stop()
    stop()
    expect(newest().heardOf('unsubscribe')).toEqual([{ kind: 'unsubscribe', id }])
    newest().say({ kind: 'event', id, sequence: 0, value: {} })
    await settle()
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    newest().welcome()
    expect(heard).toBe(0)
    expect(newest().heardOf('subscribe')).toEqual([])
    client.close()
  })

  it('tells why the host has ended it, and does not ask again', async () => {
    const { client } = await openClient()
    const onFailure = vi.fn()
    client.subscribe(topic, { onFailure }, () => undefined)
    const id = newest().heardOf('subscribe')[0]?.id ?? 0
    newest().say({ kind: 'failure', id, code: 'notFound', message: 'There is no run r.' })
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ code: 'notFound', message: 'There is no run r.' }))
    newest().breakOff()
    await vi.advanceTimersByTimeAsync(100)
    newest().welcome()
    expect(newest().heardOf('subscribe')).toEqual([])
    client.close()
  })
})
