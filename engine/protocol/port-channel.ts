import type { Channel } from './channel.ts'

/** The part of a MessagePort that is used here; every message is a structured clone, typed arrays included. */
export interface Port {
  postMessage(message: unknown): void
  start(): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
}

/** A window's MessagePort as a channel. Messages wait in the port until `onMessage` is called. */
export function portChannel(port: Port): Channel {
  let closed = false
  const closeListeners: ((reason: string) => void)[] = []
  port.addEventListener('close', () => {
    closed = true
    for (const listener of closeListeners) listener('The engine process ended.')
  })
  return {
    // As over a WebSocket, only plain JSON leaves the window: a store's reactive proxies could not be cloned.
    post: (message) => port.postMessage(JSON.parse(JSON.stringify(message))),
    onMessage(listener) {
      port.addEventListener('message', ({ data }) => listener(data))
      port.start()
    },
    onClose(listener) {
      if (closed) listener('The engine process ended.')
      else closeListeners.push(listener)
    },
    close: () => port.close(),
    bufferedBytes: 0,
  }
}
