import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Refusal } from './refusal.ts'

export interface AccessOptions {
  readonly token: string
  /** The address the server listens on. */
  readonly host: string
  readonly port: number
  /** Further names under which browsers reach it, such as a proxy's. */
  readonly names: readonly string[]
}

/**
 * Who may speak to the server. The token comes in the address that is printed at the start; the first visit with it
 * sets a cookie that scripts cannot read and other sites do not send, so that reloads, files and the WebSocket need
 * no token in their addresses. The Host header must be a name of this server (a foreign site can point its own name
 * here: DNS rebinding), and requests that browsers make for other sites are told by their Origin header.
 */
export class Access {
  readonly #options: AccessOptions
  readonly #names: ReadonlySet<string>
  readonly #listensEverywhere: boolean

  constructor(options: AccessOptions) {
    this.#options = options
    this.#listensEverywhere = options.host === '0.0.0.0' || options.host === '::'
    const own = this.#listensEverywhere ? [hostname().toLowerCase()] : [bracketed(options.host)]
    this.#names = new Set([
      '127.0.0.1',
      'localhost',
      '[::1]',
      ...own,
      ...options.names.map((name) => name.toLowerCase()),
    ])
  }

  /** undefined where the request may be answered. */
  refusalOf(request: IncomingMessage, address: URL): Refusal | undefined {
    const host = request.headers.host ?? ''
    if (!this.#isOwnName(host)) {
      const sentence = `This server does not answer to the name "${host}"; use the address it printed, or start it with --name.`
      return { status: 403, sentence }
    }
    const { origin } = request.headers
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      return { status: 403, sentence: `Pages of ${origin} may not use this server.` }
    }
    if (!this.#hasToken(request, address)) {
      const sentence =
        'The access token is missing or wrong; open the full address that Filterscope printed when it started.'
      return { status: 401, sentence }
    }
    return undefined
  }

  /** The Set-Cookie header for a visit that brought the token in its address. */
  cookieFor(address: URL): string | undefined {
    if (!address.searchParams.has('token')) return undefined
    return `${this.#cookieName}=${this.#options.token}; HttpOnly; SameSite=Strict; Path=/`
  }

  #isOwnName(host: string): boolean {
    if (!URL.canParse(`http://${host}`)) return false
    const { hostname: name } = new URL(`http://${host}`)
    if (this.#names.has(name)) return true
    // Nobody can point a name of theirs at a bare address, so that any address of this machine will do.
    return this.#listensEverywhere && isIP(name.replace(/^\[|\]$/g, '')) !== 0
  }

  #hasToken(request: IncomingMessage, address: URL): boolean {
    const given = [address.searchParams.get('token'), this.#cookieOf(request)]
    return given.some((token) => typeof token === 'string' && isSame(token, this.#options.token))
  }

  #cookieOf(request: IncomingMessage): string | undefined {
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
    return pairs.find(([name]) => name === this.#cookieName)?.[1]
  }

  /** Cookies are shared by all ports of a machine, and servers may be many. */
  get #cookieName(): string {
    return `filterscope-${this.#options.port}`
  }
}

/** Takes the same time wherever two texts differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host.toLowerCase()
}
