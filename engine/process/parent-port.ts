/** The engine process's own end of the pipe to the process that started it. */
export interface ParentPort<Command, Event> {
  /** Sends one event; typed arrays inside are copied, never transferred. */
  post(event: Event): void
  onMessage(listener: (command: Command) => void): void
  /** Resolves when everything posted has been handed to the system: await it before process.exit. */
  flushed(): Promise<void>
}

/** What Electron puts on `process` in a utility process. */
interface UtilityProcessPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
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

function connectToElectron<Command, Event>(port: UtilityProcessPort): ParentPort<Command, Event> {
  return {
    post: (event) => port.postMessage(event),
    onMessage: (listener) => port.on('message', ({ data }) => listener(data as Command)),
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
