import type { WebSocket, WebSocketServer } from 'ws'

const PING_EVERY_MS = 30_000

/** Ends connections whose window has gone without a word; returns how to stop looking. */
export function keepAlive(sockets: WebSocketServer): () => void {
  const silent = new WeakSet<WebSocket>()
  sockets.on('connection', (socket) => socket.on('pong', () => silent.delete(socket)))
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate()
      else {
        silent.add(socket)
        socket.ping()
      }
    }
  }, PING_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
