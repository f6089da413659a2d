/** The engine process's own end of the pipe to the process that started it. */
export interface ParentPort<Command, Event> {
  /** Sends one event; typed arrays inside are copied, never transferred. */
  post(event: Event): void
  onMessage(listener: (command: Command) => void): void
  /** Resolves when everything posted has been handed to the system: await it before process.exit. */
  flushed(): Promise<void>
}

/** The end of a channel that Electron hands to a utility process. */
interface HandedPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  on(event: 'close', listener: () => void): void
  start(): void
}

/** What Electron puts on `process` in a utility process. */
interface UtilityProcessPort {
  once(event: 'message', listener: (event: { ports: readonly HandedPort[] }) => void): void
}

/**
 * Connects an engine process to its parent, whether Electron's utilityProcess started it or
 * child_process.fork with `serialization: 'advanced'` (plain JSON would turn typed arrays into objects).
 * The process ends when the parent is gone. Throws where it was started by neither.
 */
export function connectToParent<Command, Event>(): ParentPort<Command, Event> {
  const utilityPort = (process as { parentPort?: UtilityProcessPort }).parentPort
  if (utilityPort) return connectToElectron(utilityPort)
  if (process.send === undefined) {
    throw new Error(
      'This program is a part of Filterscope that another process starts and talks to; start Filterscope itself with `npm start` or `npx filterscope`.',
    )
  }
  return connectToFork(process.send.bind(process))
}

/**
 * Only Electron's main process can start a utility process, yet the host is the one to talk to:
 * main's first and only message hands over a port straight to the host.
 */
function connectToElectron<Command, Event>(parent: UtilityProcessPort): ParentPort<Command, Event> {
  let port: HandedPort | undefined
  let listening: ((command: Command) => void) | undefined
  const waiting: Event[] = []
  const listen = () => {
    if (port === undefined || listening === undefined) return
    const listener = listening
    port.on('message', ({ data }) => listener(data as Command))
    port.start()
  }
  // Ctrl+C in a terminal reaches this process too; the host is the one to decide what is saved before the end.
  process.on('SIGINT', () => undefined)
  parent.once('message', ({ ports }) => {
    const handed = ports[0]
    if (handed === undefined) throw new Error('Electron started an engine process without a port to the host.')
    port = handed
    // The host is gone, and with it whoever would read the results.
    port.on('close', () => process.exit())
    for (const event of waiting.splice(0)) port.postMessage(event)
    listen()
  })
  return {
    post(event) {
      if (port === undefined) waiting.push(event)
      else port.postMessage(event)
    },
    onMessage(listener) {
      listening = listener
      listen()
    },
    // Electron hands a message over within postMessage; one turn of the loop lets its own callbacks finish.
    flushed: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

type Send = (message: unknown, handle: undefined, options: object, callback: (error: Error | null) => void) => boolean

function connectToFork<Command, Event>(processSend: NonNullable<typeof process.send>): ParentPort<Command, Event> {
  const send = processSend as Send
  let pending = 0
  let waiting: (() => void)[] = []
  process.on('disconnect', () => process.exit())
  return {
    post(event) {
      pending++
      // An error here means the parent is gone, which 'disconnect' answers.
      send(event, undefined, {}, () => {
        pending--
        if (pending > 0) return
        for (const resolve of waiting) resolve()
        waiting = []
      })
    },
    onMessage: (listener) => process.on('message', (message) => listener(message as Command)),
    flushed: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
