import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NullLibrary, type NullRecipe } from '../filters/nulls/null-library.ts'
import { CacheFiles } from './cache-files.ts'

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'filterscope-cache-'))
})
afterEach(() => rm(parent, { recursive: true }))

/** A recipe that counts how often it was drawn. */
function countingRecipe(): NullRecipe & { drawn: number } {
  return {
    key: 'test-3x3',
    count: 50,
    statistics: 2,
    drawn: 0,
    draw(stream) {
      this.drawn++
      return [stream.normal(), stream.uniform()]
    },
  }
}

/** The median of each table, out of a library that has just been started. */
async function mediansFrom(folder: string, recipe: NullRecipe): Promise<number[]> {
  const tables = await new NullLibrary(new CacheFiles(folder, 2 ** 20)).tablesOf(recipe)
  return tables.map((table) => table.quantile(0.5))
}

it('draws once and reads the same numbers afterwards', async () => {
  const folder = join(parent, 'deep', 'nulls')
  const recipe = countingRecipe()
  const first = await mediansFrom(folder, recipe)
  expect(await mediansFrom(folder, recipe)).toEqual(first)
  expect(recipe.drawn).toBe(50)
})

it.each([
  ['cut off', (file: Buffer) => file.subarray(0, 100)],
  ['emptied', () => Buffer.alloc(0)],
  ['changed in one bit', (file: Buffer) => file.map((byte, index) => (index === 60 ? byte ^ 1 : byte))],
])('draws again what was %s, and mends the file', async (_, damage) => {
  const recipe = countingRecipe()
  const first = await mediansFrom(parent, recipe)
  const [name = ''] = await readdir(parent)
  const whole = await readFile(join(parent, name))
  await writeFile(join(parent, name), damage(whole))
  expect(await mediansFrom(parent, recipe)).toEqual(first)
  expect(recipe.drawn).toBe(100)
  expect(await readFile(join(parent, name))).toEqual(whole)
})

it('works without a folder that can be written', async () => {
  const file = join(parent, 'file')
  await writeFile(file, '')
  await chmod(file, 0o400)
  const recipe = countingRecipe()
  expect(await mediansFrom(join(file, 'nulls'), recipe)).toHaveLength(2)
  expect(recipe.drawn).toBe(50)
})

it('removes what was written longest ago where it holds too much', async () => {
  const cache = new CacheFiles(parent, 500)
  for (const [age, key] of ['first', 'second', 'third', 'fourth'].entries()) {
    await cache.put(key, new Uint8Array(100).fill(age))
    await utimes(join(parent, `${key}.bin`), age, age)
  }
  await cache.put('fifth', new Uint8Array(100))
  const keys = (await readdir(parent)).map((name) => name.replace('.bin', ''))
  expect(keys.toSorted()).toEqual(['fifth', 'fourth', 'third'])
  expect(await cache.get('fourth')).toEqual(Buffer.alloc(100, 3))
  expect(await cache.get('first')).toBeUndefined()
})

it('makes room although something is gone when it looks, and leaves what another process is writing', async () => {
  const cache = new CacheFiles(parent, 200)
  // Listed and not there, as a file that another process has just removed.
  await symlink(join(parent, 'nothing'), join(parent, 'gone.bin'))
  const [writing, left] = [randomUUID(), randomUUID()].map((id) => join(parent, `other.bin.${id}.part`)) as [
    string,
    string,
  ]
  await writeFile(writing, new Uint8Array(1000))
  await writeFile(left, new Uint8Array(10))
  await utimes(left, 1, 1)
  await cache.put('first', new Uint8Array(100))
  await utimes(join(parent, 'first.bin'), 1, 1)
  await cache.put('second', new Uint8Array(100))
  expect((await readdir(parent)).toSorted()).toEqual(['gone.bin', basename(writing), 'second.bin'])
})
