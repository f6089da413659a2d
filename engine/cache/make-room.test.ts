import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeRoom } from './make-room.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filterscope-room-'))
  for (const [usedAt, name] of ['first', 'second', 'third'].entries()) {
    await writeFile(join(folder, name), new Uint8Array(8192))
    await utimes(join(folder, name), 1000 + usedAt, 1000 + usedAt)
  }
})
afterEach(() => rm(folder, { recursive: true }))

it('removes what was used longest ago, and counts what is wanted as taken', async () => {
  expect(await makeRoom(join(folder, 'new'), 10_000, 27_000)).toBe(10_000)
  expect(await readdir(folder)).toEqual(['second', 'third'])
})

it('never removes the one that is wanted, which then counts as used now', async () => {
  expect(await makeRoom(join(folder, 'first'), 8192, 17_000)).toBe(8192)
  expect(await readdir(folder)).toEqual(['first', 'third'])
  expect((await stat(join(folder, 'first'))).mtimeMs).toBeGreaterThan(1_000_000_000_000)
})

it('allows no more than all may take', async () => {
  expect(await makeRoom(join(folder, 'new'), 10_000, 9000)).toBe(9000)
  expect(await readdir(folder)).toEqual([])
})

it('leaves at least half of what the disk has', async () => {
  const allowed = await makeRoom(join(folder, 'new'), 2 ** 60, 2 ** 61)
  expect(allowed).toBeGreaterThan(0)
  expect(allowed).toBeLessThan(2 ** 60)
})
