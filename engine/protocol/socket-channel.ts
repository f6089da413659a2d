import type { Channel } from './channel.ts'
import { decodeHostMessage, encodeClientMessage } from './wire.ts'

/** The part of a WebSocket that is used here: the browser's own has it, and so has the one of `ws`. */
export interface ClientSocket {
  binaryType: string
  readonly bufferedAmount: number
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
}

/**
 * The window's end of a WebSocket as a channel; resolves once it is open.
 * Rejects with a sentence where the engine does not answer.
 */
export function openSocketChannel(socket: ClientSocket): Promise<Channel> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    let closedBecause: string | undefined
    const closeListeners: ((reason: string) => void)[] = []
    const channel: Channel = {
      post: (message) => socket.send(encodeClientMessage(message)),
      onMessage: (listener) =>
        socket.addEventListener('message', ({ data }) => {
          if (data instanceof ArrayBuffer) listener(decodeHostMessage(new Uint8Array(data)))
        }),
      onClose(listener) {
        if (closedBecause === undefined) closeListeners.push(listener)
        else listener(closedBecause)
      },
      close: () => socket.close(),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
    socket.addEventListener('open', () => resolve(channel))
    // The 'close' event that follows carries what there is to know.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ reason }) => {
      closedBecause = reason || 'The engine closed the connection.'
      reject(new Error('The engine does not answer; it may have been closed.'))
      for (const listener of closeListeners) listener(closedBecause)
    })
  })
}
