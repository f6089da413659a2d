import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from './make-folder.ts'

describe('makeFolder', () => {
  let parent: string

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'filterscope-folders-'))
  })

  afterEach(() => rm(parent, { recursive: true }))

  it('makes what is missing, and says whether the folder was', async () => {
    const path = join(parent, 'one', 'two')
    expect(await makeFolder(path)).toBe(true)
    expect((await stat(path)).isDirectory()).toBe(true)
    expect(await makeFolder(path)).toBe(false)
  })

  it('makes a folder that many ask for at once', async () => {
    const path = join(parent, 'one', 'two')
    const made = await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)))
    expect(made.filter(Boolean)).toHaveLength(1)
  })

  it('refuses a path with a file on its way', async () => {
    const file = join(parent, 'notes.txt')
    await writeFile(file, 'x')
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makeFolder(join(file, 'runs', 'one'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  it('ends where the system makes no folder at all', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux has /proc, where that is so')
    await expect(makeFolder('/proc/filterscope/runs')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
