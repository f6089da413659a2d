import type { WebSocket } from 'ws'
import type { Channel } from '../protocol/channel.ts'
import { decodeClientMessage, encodeHostMessage, WireError } from '../protocol/wire.ts'

/** The host's end of a window's WebSocket. What cannot be decoded is answered with a failure and ends the connection. */
export function serverChannel(socket: WebSocket): Channel {
  const channel: Channel = {
    post(message) {
      if (socket.readyState === socket.OPEN) socket.send(encodeHostMessage(message))
    },
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        let message: unknown
        try {
          if (isBinary) throw new WireError('A window sent a binary frame; windows speak JSON text.')
          message = decodeClientMessage(data.toString())
        } catch (error) {
          if (!(error instanceof WireError)) throw error
          channel.post({ kind: 'failure', id: 0, code: 'badInput', message: error.message })
          socket.close(1007)
          return
        }
        listener(message)
      })
    },
    onClose: (listener) => socket.on('close', (_code, reason) => listener(reason.toString())),
    close: () => socket.close(),
    get bufferedBytes() {
      return socket.bufferedAmount
    },
  }
  // A socket that breaks also closes; without a listener its error would end the process.
  socket.on('error', () => undefined)
  return channel
}
