import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../engine/protocol/client.ts'
import { scriptedSettings } from './fixtures/script.ts'
import { startTestServer, type TestServer } from './fixtures/test-server.ts'

let server: TestServer
let window: Client

beforeAll(async () => {
  server = await startTestServer('/nowhere')
  window = server.connect()
  await mkdir(join(server.root, 'images', 'cats'), { recursive: true })
  await mkdir(join(server.root, '.hidden'))
  await writeFile(join(server.root, 'images', 'list10.txt'), '1234567890')
  await writeFile(join(server.root, 'images', 'list9.txt'), '')
  await symlink(join(server.root, 'images', 'cats'), join(server.root, 'images', 'alias'))
  await symlink(dirname(server.root), join(server.root, 'images', 'outside'))
  await symlink(join(server.root, 'gone'), join(server.root, 'images', 'broken'))
})
afterAll(() => server.close())

test('the picker begins at the root and does not lead above it', async () => {
  const listing = await window.request('files.list', {})
  expect(listing).toMatchObject({ path: server.root, omitted: 0 })
  expect(listing).not.toHaveProperty('parent')
  expect(listing.entries.map(({ name }) => name)).toEqual(['images', 'runs', '.hidden'])
})

test('folders come first, numbers in their order, links that lead outside or nowhere not at all', async () => {
  const listing = await window.request('files.list', { path: join(server.root, 'images') })
  expect(listing.parent).toBe(server.root)
  expect(listing.entries).toEqual([
    { name: 'alias', path: join(server.root, 'images', 'alias'), isFolder: true, byteLength: 0 },
    { name: 'cats', path: join(server.root, 'images', 'cats'), isFolder: true, byteLength: 0 },
    { name: 'list9.txt', path: join(server.root, 'images', 'list9.txt'), isFolder: false, byteLength: 0 },
    { name: 'list10.txt', path: join(server.root, 'images', 'list10.txt'), isFolder: false, byteLength: 10 },
  ])
})

test('every way out of the root is refused, in every request that names a path', async () => {
  const outside = ['/', '/etc', tmpdir(), `${server.root}/..`, `${server.root}/images/outside`, `${server.root}-other`]
  for (const path of outside) {
    await expect(window.request('files.list', { path })).rejects.toThrow(/is outside|does not exist/)
    await expect(window.request('app.setRunsFolder', { path })).rejects.toThrow(/is outside/)
    const settings = { source: { kind: 'path' as const, path } }
    await expect(window.request('data.open', { settings })).rejects.toThrow(/is outside|does not exist/)
    const several = { source: { kind: 'paths' as const, paths: [join(server.root, 'images', 'cats'), path] } }
    await expect(window.request('data.open', { settings: several })).rejects.toThrow(/is outside|does not exist/)
    const picture = { kind: 'file' as const, path }
    await expect(window.request('runs.classify', { runId: 'none', picture })).rejects.toThrow(/no run/)
  }
  await expect(window.request('files.list', { path: join(server.root, 'none') })).rejects.toMatchObject({
    code: 'notFound',
  })
  await expect(window.request('files.list', { path: join(server.root, 'images', 'list9.txt') })).rejects.toThrow(
    /list9\.txt is not a folder; choose another one\.$/,
  )
})

test('a runs folder that is chosen is made, used and remembered', async () => {
  const path = join(server.root, 'my runs', 'here')
  expect(await window.request('app.setRunsFolder', { path })).toMatchObject({ runsFolder: path, root: server.root })
  expect(await window.request('runs.list', {})).toEqual([])
  expect(JSON.parse(await readFile(server.settingsFile, 'utf8'))).toEqual({ runsFolder: path })
})

test('a folder for runs that cannot be made is refused in one sentence', async (context) => {
  if (process.platform !== 'linux') context.skip('only Linux has /proc, where no folder can be made')
  const path = '/proc/filterscope/runs'
  const elsewhere = await startTestServer('/nowhere', { root: '/', runsFolder: path })
  try {
    const other = elsewhere.connect()
    const reason = 'cannot be made a folder: the folder around it cannot be written to; choose another'
    await expect(other.request('app.setRunsFolder', { path })).rejects.toThrow(`${path} ${reason}`)
    const settings = await scriptedSettings(elsewhere.root, {})
    await expect(other.request('runs.start', { settings })).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringContaining(`${path}, cannot be made`),
    })
  } finally {
    await elsewhere.close()
  }
})
