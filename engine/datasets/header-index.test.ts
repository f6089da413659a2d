import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HeaderIndex, type HeaderStore } from './header-index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filterscope-headers-'))
})
afterEach(() => rm(folder, { recursive: true }))

function memoryStore(): HeaderStore & { readonly files: Map<string, Uint8Array>; puts: number } {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    puts: 0,
    get: (key) => Promise.resolve(files.get(key)),
    put(key, bytes) {
      this.puts++
      files.set(key, bytes)
      return Promise.resolve()
    },
  }
}

async function writePicture(name: string, width: number, height: number, grey = false): Promise<string> {
  const path = join(folder, name)
  const picture = sharp({ create: { width, height, channels: 3, background: 'red' } })
  await (grey ? picture.toColourspace('b-w') : picture).png().toFile(path)
  return path
}

async function headersOf(store: HeaderStore | undefined, ...paths: readonly string[]) {
  const index = await HeaderIndex.open(store, folder)
  const headers = []
  for (const path of paths) headers.push(await index.header(path))
  await index.save()
  return headers
}

it('reads a header once, and again where the file has changed', async () => {
  const store = memoryStore()
  const path = await writePicture('one.png', 7, 5)
  const grey = await writePicture('grey.png', 3, 2, true)
  await utimes(path, 1000, 1000)
  const first = await headersOf(store, path, grey)
  expect(first).toMatchObject([
    { width: 7, height: 5, isGrey: false },
    { width: 3, height: 2, isGrey: true },
  ])
  // Of the same length and time as before, so that only what was kept can tell the old size.
  const { size } = await stat(path)
  await writeFile(path, Buffer.alloc(size))
  await utimes(path, 1000, 1000)
  expect(await headersOf(store, path, grey)).toEqual(first)
  expect(store.puts).toBe(1)
  await writePicture('one.png', 9, 9)
  expect(await headersOf(store, path, grey)).toMatchObject([{ width: 9, height: 9 }, { width: 3 }])
  expect(store.puts).toBe(2)
})

it('forgets files that are gone', async () => {
  const store = memoryStore()
  const [one, other] = [await writePicture('one.png', 4, 4), await writePicture('other.png', 4, 4)]
  await headersOf(store, one, other)
  await headersOf(store, one)
  const [kept = new Uint8Array()] = store.files.values()
  expect(new TextDecoder().decode(kept)).not.toContain('other.png')
})

it('tells what is no picture each time, and keeps nothing of it', async () => {
  const store = memoryStore()
  const path = join(folder, 'broken.png')
  await writeFile(path, 'no picture')
  await expect(headersOf(store, path)).rejects.toThrow('cannot be read as a picture')
  await expect(headersOf(store, path)).rejects.toThrow('cannot be read as a picture')
  await expect(headersOf(store, join(folder, 'none.png'))).rejects.toThrow('does not exist')
})

it('works without a store', async () => {
  expect(await headersOf(undefined, await writePicture('one.png', 4, 6))).toMatchObject([{ width: 4, height: 6 }])
})

it.each([
  ['no JSON', '[["'],
  ['no list', '{"a":1}'],
  ['entries of another shape', '[["one.png",1]]'],
])('reads headers anew where what was kept is %s', async (_, kept) => {
  const store = memoryStore()
  const path = await writePicture('one.png', 7, 5)
  await headersOf(store, path)
  for (const key of store.files.keys()) store.files.set(key, new TextEncoder().encode(kept))
  expect(await headersOf(store, path)).toMatchObject([{ width: 7, height: 5 }])
})

it('does not take a file that is gone for one that was asked for when it was gone', async () => {
  const store = memoryStore()
  const [path, gone] = [await writePicture('one.png', 7, 5), join(folder, 'gone.png')]
  await headersOf(store, path)
  const [[key = '', kept] = []] = store.files
  const [entry] = JSON.parse(new TextDecoder().decode(kept)) as [unknown[]]
  const withoutTimes = [gone, -1, -1, ...entry.slice(3)]
  store.files.set(key, new TextEncoder().encode(JSON.stringify([entry, withoutTimes])))
  await expect(headersOf(store, gone)).rejects.toThrow('does not exist')
})
