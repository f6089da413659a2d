import { type IncomingHttpHeaders, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startTestServer, type TestServer } from './fixtures/test-server.ts'

let server: TestServer

beforeAll(async () => {
  // No program is started here.
  server = await startTestServer('/nowhere')
})
afterAll(() => server.close())

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** node:http, because fetch does not let a test choose Host and Origin. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.server
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

function upgrade(address: string, headers: Record<string, string> = {}): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', () => undefined)
  })
}

const withToken = (path: string) => `${path}?token=${server.server.token}`
const isOneSentence = /^[A-Z"][^\n]*[.]$/

test('without the token, or with a wrong one, everything is 401', async () => {
  const wrong = ['/', '/?token=', '/?token=wrong', `${withToken('/')}x`, '/assets/index-abc123.js', '/none']
  for (const path of wrong) {
    const { status, body } = await ask(path)
    expect([path, status]).toEqual([path, 401])
    expect(body).toMatch(isOneSentence)
  }
  expect((await ask('/upload?name=a.png', {}, 'POST')).status).toBe(401)
  expect((await ask('/', { cookie: `filterscope-${server.server.port}=wrong` })).status).toBe(401)
  expect((await ask('/', { cookie: `filterscope-1=${server.server.token}` })).status).toBe(401)
})

test('the first visit sets a cookie with which a reload and the files need no token', async () => {
  const first = await ask(withToken('/'))
  expect(first).toMatchObject({ status: 200, body: '<!doctype html><title>window</title>' })
  const [cookie = ''] = first.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^filterscope-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/)
  const headers = { cookie: `other=1; ${cookie.split(';')[0]}` }
  expect((await ask('/', headers)).status).toBe(200)
  expect((await ask('/assets/index-abc123.js', headers)).status).toBe(200)
  expect(await upgrade(`ws://127.0.0.1:${server.server.port}/channel`, headers)).toBe('open')
})

test('a name that is not this server’s is 403, whatever the token: a foreign site may have pointed its name here', async () => {
  const { port } = server.server
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '10.0.0.1', 'a b']) {
    const { status, body } = await ask(withToken('/'), { host })
    expect([host, status]).toEqual([host, 403])
    expect(body).toMatch(isOneSentence)
  }
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost:9000']) {
    expect([host, (await ask(withToken('/'), { host })).status]).toEqual([host, 200])
  }
  expect(await upgrade(server.socketAddress(), { host: 'evil.example' })).toBe(403)
})

test('a page of another origin is 403', async () => {
  const { port } = server.server
  for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `http://localhost:${port}`]) {
    expect([origin, (await ask(withToken('/'), { origin })).status]).toEqual([origin, 403])
    expect([origin, await upgrade(server.socketAddress(), { origin })]).toEqual([origin, 403])
  }
  expect(await upgrade(server.socketAddress(), { origin: `http://127.0.0.1:${port}` })).toBe('open')
})

test('an unknown path is 404 and an unknown method 405', async () => {
  for (const path of ['/none', '/assets/', '/../package.json', '/%2e%2e/%2e%2e/etc/passwd', '/%ff', '/index.html/x']) {
    const { status, body } = await ask(withToken(path))
    expect([path, status]).toEqual([path, 404])
    expect(body).toMatch(isOneSentence)
  }
  expect((await ask(withToken('/'), {}, 'DELETE')).status).toBe(405)
  expect(await upgrade(server.socketAddress().replace('/channel', '/other'))).toBe(404)
})

test('scripts can only come from the server itself', async () => {
  const { headers } = await ask(withToken('/'))
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['cache-control']).toBe('no-cache')
})

test('a server on all addresses answers to any address and to the names given, but to no foreign name', async () => {
  const open = await startTestServer('/nowhere', { host: '0.0.0.0', names: ['gpu.example'] })
  const { port, token } = open.server
  const statusFor = (host: string) =>
    new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: `/?token=${token}`, headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })
  expect(await statusFor(`192.168.1.20:${port}`)).toBe(200)
  expect(await statusFor(`gpu.example:${port}`)).toBe(200)
  expect(await statusFor(`evil.example:${port}`)).toBe(403)
  await open.close()
})

test('a token of one’s own is taken', async () => {
  const own = await startTestServer('/nowhere', { token: 'chosen-by-hand' })
  expect(own.server.url).toBe(`http://127.0.0.1:${own.server.port}/?token=chosen-by-hand`)
  expect((await fetch(own.server.url)).status).toBe(200)
  await own.close()
})
