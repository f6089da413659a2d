import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'

export const contentScheme = 'app'
export const contentOrigin = `${contentScheme}://workbench`

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Nothing from outside the application, no inline scripts; styles may be inline because Vue sets some that way. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers requests for the page and its files from `folder`; anything else is 404. */
export function serveContent(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const { protocol, host, pathname } = new URL(request.url)
    const isOurs = `${protocol}//${host}` === contentOrigin
    const path = normalize(decodeURIComponent(pathname))
    const mediaType = mediaTypes[extname(path)]
    if (!isOurs || mediaType === undefined || path.split(/[\\/]/).includes('..')) return notFound()
    try {
      return new Response(await readFile(join(folder, path)), {
        headers: {
          'Content-Type': mediaType,
          'Content-Security-Policy': contentSecurityPolicy,
          'X-Content-Type-Options': 'nosniff',
        },
      })
    } catch {
      return notFound()
    }
  }
}

function notFound(): Response {
  return new Response('There is no such file in the application.', { status: 404 })
}
