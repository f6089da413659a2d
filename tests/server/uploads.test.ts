import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uploadAddress, type UploadReply } from '../../engine/protocol/upload.ts'
import { startTestServer, type TestServer, until } from './fixtures/test-server.ts'

let server: TestServer
const limit = 1_000_000

beforeAll(async () => {
  server = await startTestServer('/nowhere', { maximumUploadBytes: limit })
})
afterAll(() => server.close())

function upload(drop: string, name: string, body: BodyInit): Promise<Response> {
  const { port, token } = server.server
  return fetch(`http://127.0.0.1:${port}${uploadAddress(drop, name)}&token=${token}`, { method: 'POST', body })
}

test('the files of one drop lie in one folder, each at its path within the drop', async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251)
  const first = (await (await upload('drop-1', 'cats/é 1.png', bytes)).json()) as UploadReply
  const second = (await (await upload('drop-1', 'dogs/2.png', 'two')).json()) as UploadReply
  expect(second.folder).toBe(first.folder)
  expect(first.path).toBe(join(first.folder, 'cats', 'é 1.png'))
  expect(new Uint8Array(await readFile(first.path))).toEqual(bytes)
  expect(await readFile(second.path, 'utf8')).toBe('two')
  expect((await readdir(first.folder)).sort()).toEqual(['cats', 'dogs'])
  // What was uploaded may be opened, though it lies outside the root.
  const listing = await server.connect().request('files.list', { path: first.folder })
  expect(listing.entries.map(({ name }) => name)).toEqual(['cats', 'dogs'])
})

test('a name that could lead elsewhere is refused and leaves nothing behind', async () => {
  const names = [
    '../x',
    'a/../../x',
    '/etc/x',
    '..',
    '.',
    '',
    'a//b',
    'a/',
    'C:\\x',
    'a\\..\\b',
    'a\u0000b',
    'x'.repeat(300),
  ]
  for (const name of names) {
    const response = await upload('drop-2', name, 'x')
    expect([name, response.status]).toEqual([name, 400])
    expect(await response.text()).toMatch(/is no file name that can be kept here\.$/)
  }
  for (const drop of ['..', 'a/b', '', 'x'.repeat(65)]) {
    expect([drop, (await upload(drop, 'x', 'x')).status]).toEqual([drop, 400])
  }
  const { folder } = (await (await upload('drop-3', 'x', 'x')).json()) as UploadReply
  expect(await readdir(join(folder, '..'))).not.toContain('drop-2')
})

test('a file and a folder of the same name do not fit into one drop', async () => {
  expect((await upload('drop-4', 'a', 'x')).status).toBe(200)
  expect((await upload('drop-4', 'a/b', 'x')).status).toBe(400)
})

test('a file that is too large is refused, announced or not, and leaves nothing behind', async () => {
  const announced = await upload('drop-5', 'big', new Uint8Array(limit + 1))
  expect(announced.status).toBe(413)
  expect(await announced.text()).toMatch(/^"big" is larger than .*\.$/)
  const status = await new Promise<number>((resolve) => {
    const { port, token } = server.server
    const path = `${uploadAddress('drop-6', 'big')}&token=${token}`
    const sending = request({ host: '127.0.0.1', port, path, method: 'POST' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sending.on('error', () => undefined)
    // Without a Content-Length the size shows only as it comes.
    for (let sent = 0; sent <= limit; sent += 100_000) sending.write(new Uint8Array(100_000))
    sending.end()
  })
  expect(status).toBe(413)
  const { folder } = (await (await upload('drop-6', 'small', 'x')).json()) as UploadReply
  expect(await readdir(folder)).toEqual(['small'])
})

test('an upload that breaks off leaves nothing behind, and everything goes when the server ends', async () => {
  const { folder } = (await (await upload('drop-7', 'whole', 'x')).json()) as UploadReply
  const { port, token } = server.server
  const path = `${uploadAddress('drop-7', 'half')}&token=${token}`
  const sending = request({ host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-length': 1000 } })
  sending.on('error', () => undefined)
  sending.write(new Uint8Array(500))
  let names: string[] = []
  const look = () => readdir(folder).then((found) => (names = found))
  await until(() => (void look(), names.length === 2))
  sending.destroy()
  await until(() => (void look(), names.length === 1))
  expect(names).toEqual(['whole'])
  await server.close()
  expect(existsSync(folder)).toBe(false)
  server = await startTestServer('/nowhere')
})
