import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'

/** Why a request is not answered: a status and one sentence as its body. */
export interface Refusal {
  readonly status: number
  readonly sentence: string
}

export function refuse(response: ServerResponse, { status, sentence }: Refusal): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(sentence),
    'Cache-Control': 'no-store',
  })
  response.end(sentence)
}

/** The same for a WebSocket that is not let in: there is no response object yet. */
export function refuseUpgrade(socket: Duplex, { status, sentence }: Refusal): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n` +
      'Content-Type: text/plain; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(sentence)}\r\nConnection: close\r\n\r\n${sentence}`,
  )
}
