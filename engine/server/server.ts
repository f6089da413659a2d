import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import sirv from 'sirv'
import { WebSocketServer } from 'ws'
import { createHost, type Host } from '../host/host.ts'
import type { SpawnEngineProcess } from '../host/engine-process.ts'
import { Access } from './access.ts'
import { Downloads, isDownload } from './downloads.ts'
import { keepAlive } from './keep-alive.ts'
import { refuse, refuseUpgrade } from './refusal.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { serverChannel } from './server-channel.ts'
import { ServerError } from './server-error.ts'
import { Uploads } from './uploads.ts'

/** What a window sends is small; pictures are uploaded. */
const MAXIMUM_MESSAGE_BYTES = 2 ** 20

export interface ServerOptions {
  readonly spawn: SpawnEngineProcess
  readonly version: string
  /** The built window: the folder with index.html. */
  readonly staticFolder: string
  /** Address to listen on; 127.0.0.1 is this machine alone. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The only folder whose files windows may name. */
  readonly root: string
  /** Left out: a new one at each start. */
  readonly token?: string
  /** Further names under which browsers may reach the server. */
  readonly names?: readonly string[]
  readonly runsFolder?: string
  readonly settingsFile?: string
  readonly maximumUploadBytes?: number
}

export interface RunningServer {
  readonly port: number
  readonly token: string
  /** The address to open, with the token. */
  readonly url: string
  readonly host: Host
  /** Lets a run being trained write a checkpoint, then ends everything and removes what was uploaded or exported. */
  close(): Promise<void>
}

/** Serves the workbench to browsers. Throws ServerError with a sentence where it cannot. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { staticFolder, names = [], maximumUploadBytes = 8 * 2 ** 30 } = options
  if (!existsSync(join(staticFolder, 'index.html'))) {
    throw new ServerError(`The built window is missing from ${staticFolder}; run \`npm run build\` first.`)
  }
  const server = createServer()
  const port = await listen(server, options.port, options.host)
  const token = options.token ?? randomBytes(24).toString('base64url')
  const access = new Access({ token, host: options.host, port, names })
  const uploads = new Uploads(maximumUploadBytes)
  const downloads = new Downloads()
  const { spawn, version, root, runsFolder, settingsFile } = options
  const host = createHost({
    spawn,
    version,
    mode: 'served',
    root,
    alsoAllowed: [uploads.folder],
    exportsFolder: downloads.folder,
    ...(runsFolder === undefined ? {} : { runsFolder }),
    ...(settingsFile === undefined ? {} : { settingsFile }),
  })
  const files = sirv(staticFolder, { etag: true, setHeaders: setCaching })
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAXIMUM_MESSAGE_BYTES })
  const stopPinging = keepAlive(sockets)

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response)
    const address = addressOf(request)
    const refusal = access.refusalOf(request, address)
    if (refusal) refuse(response, refusal)
    else if (address.pathname === '/upload' && request.method === 'POST') {
      void uploads.receive(request, response, address)
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, { status: 405, sentence: `This server does not take ${request.method} at ${address.pathname}.` })
    } else {
      const cookie = access.cookieFor(address)
      if (cookie) response.setHeader('Set-Cookie', cookie)
      if (isDownload(address)) void downloads.send(request, response, address)
      else files(request, response, () => refuse(response, unknownPath(address)))
    }
  })
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    socket.on('error', () => undefined)
    const address = addressOf(request)
    const refusal =
      access.refusalOf(request, address) ?? (address.pathname === '/channel' ? undefined : unknownPath(address))
    if (refusal) refuseUpgrade(socket, refusal)
    else sockets.handleUpgrade(request, socket, head, (webSocket) => host.connect(serverChannel(webSocket)))
  })

  return {
    port,
    token,
    url: `http://${browserHost(options.host)}:${port}/?token=${encodeURIComponent(token)}`,
    host,
    async close() {
      stopPinging()
      await host.close()
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      uploads.remove()
      downloads.remove()
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)))
    server.listen(port, host, resolve)
  })
  server.removeAllListeners('error')
  // An upload may take as long as it takes.
  server.requestTimeout = 0
  return (server.address() as AddressInfo).port
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): ServerError {
  const sentences: Partial<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is in use by another program; choose another one with --port.`,
    EACCES: `This user may not listen on port ${port}; choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is no address of this machine; choose another one with --host.`,
    ENOTFOUND: `${host} is no address of this machine; choose another one with --host.`,
  }
  const sentence = sentences[error.code ?? ''] ?? `The server cannot listen on ${host}:${port}: ${error.message}.`
  return new ServerError(sentence, { cause: error })
}

function addressOf(request: IncomingMessage): URL {
  // The name is checked apart; here only path and parameters matter.
  const path = request.url ?? '/'
  return URL.canParse(path, 'http://server') ? new URL(path, 'http://server') : new URL('http://server/unreadable')
}

function unknownPath({ pathname }: URL) {
  return { status: 404, sentence: `There is nothing at ${pathname.slice(0, 200)}.` }
}

/** Built files carry their hash in their names; the page itself is asked for again each time. */
function setCaching(response: ServerResponse, pathname: string): void {
  const isHashed = pathname.startsWith('/assets/')
  response.setHeader('Cache-Control', isHashed ? 'private, max-age=31536000, immutable' : 'no-cache')
}

/** An address a browser on this machine can open. */
function browserHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
