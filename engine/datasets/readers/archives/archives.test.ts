import { mkdir, readdir, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import sharp from 'sharp'
import { create } from 'tar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import type { DataProgress } from '../../../protocol/messages.ts'
import { DataError, OpeningCancelledError } from '../../dataset.ts'
import { openDataset } from '../../open-dataset.ts'
import { idxBytes, inTemporaryFolder, pathSettings } from '../../test-data.ts'
import { unpack } from './unpack.ts'
import { usualLimits } from './unpack-target.ts'
import { UnpackedFolders } from './unpacked-folders.ts'

type Files = Readonly<Record<string, Uint8Array>>

const everything = { validationShare: 0, testShare: 0 }
const kinds = ['zip', 'tar', 'tar.gz'] as const

async function zipOf(files: Files, compress = true): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, bytes] of Object.entries(files)) zip.addBuffer(Buffer.from(bytes), name, { compress })
  zip.end()
  return buffer(zip.outputStream)
}

function tarOf(files: Files): Uint8Array {
  return createTar(Object.entries(files).map(([name, data]) => ({ name, data })))
}

async function archiveOf(kind: (typeof kinds)[number], files: Files): Promise<Uint8Array> {
  if (kind === 'zip') return zipOf(files)
  return kind === 'tar' ? tarOf(files) : gzipSync(tarOf(files))
}

async function classFolders(prefix = ''): Promise<Files> {
  const files: Record<string, Uint8Array> = {}
  for (const [label, name] of ['ant', 'bee'].entries()) {
    for (let index = 0; index < 5; index++) {
      const background = { r: 100 * label + index, g: 0, b: 0 }
      const picture = sharp({ create: { width: 8, height: 6, channels: 3, background } })
      files[`${prefix}${name}/${index}.png`] = await picture.png().toBuffer()
    }
  }
  return files
}

let cache: string
let before: string | undefined
beforeEach(() => {
  before = process.env.XDG_CACHE_HOME
  cache = join(tmpdir(), `filterscope-cache-${process.pid}-${Date.now()}`)
  process.env.XDG_CACHE_HOME = cache
})
afterEach(async () => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
  await rm(cache, { recursive: true, force: true })
})

describe.each(kinds)('a %s archive', (kind) => {
  it('opens as what it holds, and is unpacked once', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'flowers')
      const extra = {
        'set/readme.txt': Buffer.from('x'),
        '__MACOSX/._a.png': Buffer.from('x'),
        'set/ant/.hidden.png': Buffer.from('x'),
      }
      await writeFile(
        path,
        await archiveOf(kind, { ...(await classFolders('set/')), ...extra, 'set/bee/bad.png': Buffer.from('no') }),
      )
      const stages = new Set<string>()
      const onProgress = ({ stage }: DataProgress) => stages.add(stage)
      const { summary, splits, close } = await openDataset(pathSettings(path, everything), { onProgress })
      expect(summary).toMatchObject({ format: 'folder', title: path, counts: { train: 10 }, problemCount: 1 })
      expect(summary.problems[0]?.path).toBe(join(path, 'set', 'bee', 'bad.png'))
      expect(summary.problems[0]?.message).toContain(join(path, 'set', 'bee', 'bad.png'))
      expect(stages.has('Unpacking flowers')).toBe(true)
      expect(splits.train.originOf(7)).toBe(join('bee', '2.png'))
      const picture = new Uint8Array(splits.train.pictureBytes)
      await splits.train.read([7], picture)
      expect(picture[0]).toBe(102)
      await close()
      stages.clear()
      await openDataset(pathSettings(path, everything), { onProgress })
      expect(stages.has('Unpacking flowers')).toBe(false)
    })
  })

  it('may hold any other format', async () => {
    await inTemporaryFolder(async (folder) => {
      const pixels = Uint8Array.from({ length: 20 * 16 }, (_, index) => index)
      const labels = Uint8Array.from({ length: 20 }, (_, index) => index % 2)
      const files = {
        'mnist/train-images-idx3-ubyte.gz': gzipSync(idxBytes([20, 4, 4], pixels)),
        'mnist/train-labels-idx1-ubyte.gz': gzipSync(idxBytes([20], labels)),
      }
      await writeFile(join(folder, 'a'), await archiveOf(kind, files))
      expect((await openDataset(pathSettings(join(folder, 'a')))).summary).toMatchObject({
        format: 'idx',
        title: join(folder, 'a'),
      })
    })
  })

  it('is refused in one sentence where it holds nothing, or is cut short', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, `a.${kind}`)
      await writeFile(path, await archiveOf(kind, { 'notes/readme.md': Buffer.from('nothing') }))
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        `${join(path, 'notes')} holds nothing that can be opened`,
      )
      const whole = await archiveOf(kind, await classFolders())
      await writeFile(path, whole.subarray(0, cutWithinFile(kind, whole)))
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        /cannot be unpacked \(.*\); it is damaged or cut short/,
      )
      await writeFile(path, Buffer.from('<html>not found</html>'))
      await expect(openDataset(pathSettings(path))).rejects.toThrow(DataError)
      expect((await readdir(join(cache, 'filterscope', 'unpacked'))).filter((name) => name.endsWith('.part'))).toEqual(
        [],
      )
    })
  })

  it('writes nothing outside of its folder', async () => {
    for (const name of ['../outside.png', '/outside.png', 'a/../../outside.png', 'C:\\outside.png']) {
      await inTemporaryFolder(async (folder) => {
        const path = join(folder, 'a')
        // The writers refuse such names, so the name is put in afterwards.
        const harmless = 'x'.repeat(name.length)
        let bytes = Buffer.from(
          await archiveOf(kind === 'tar.gz' ? 'tar' : kind, { [harmless]: Buffer.from('content') }),
        )
        bytes = Buffer.from(bytes.toString('latin1').replaceAll(harmless, name), 'latin1')
        if (kind !== 'zip') fixTarChecksum(bytes)
        await writeFile(path, kind === 'tar.gz' ? gzipSync(bytes) : bytes)
        await mkdir(join(folder, 'in', 'deep'), { recursive: true })
        const target = join(folder, 'in', 'deep')
        await expect(unpack(path, kind === 'zip' ? 'zip' : 'tar', target, usualLimits, {}), name).rejects.toThrow(
          DataError,
        )
        expect(await readdir(target)).toEqual([])
        expect(await readdir(join(folder, 'in'))).toEqual(['deep'])
        expect(await readdir(folder)).toEqual(['a', 'in'])
      })
    }
  })

  it('never unpacks to more than it may', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'bomb')
      await writeFile(
        path,
        await archiveOf(kind, { 'a/zeros.png': new Uint8Array(3_000_000), 'a/b.png': new Uint8Array(10) }),
      )
      const target = join(folder, 'target')
      await mkdir(target)
      const limits = { ...usualLimits, bytes: 2_000_000 }
      await expect(unpack(path, kind === 'zip' ? 'zip' : 'tar', target, limits, {})).rejects.toThrow(
        /unpacks to more than 2 MB/,
      )
      expect(await written(target)).toBeLessThanOrEqual(2_100_000)
      await expect(
        unpack(path, kind === 'zip' ? 'zip' : 'tar', target, { ...usualLimits, files: 1 }, {}),
      ).rejects.toThrow(/holds more than 1 files/)
      if (kind === 'tar') return
      const ratio = { ...usualLimits, looseBytes: 1_000_000 }
      await expect(unpack(path, kind === 'zip' ? 'zip' : 'tar', target, ratio, {})).rejects.toThrow(
        /no archive of pictures does/,
      )
    })
  })

  it('names itself, not where it is unpacked to, where its names fit no folder', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a')
      const files = { 'a/b.png': Buffer.from('x'), 'a/b.png/c.png': Buffer.from('x') }
      await writeFile(path, await archiveOf(kind, files))
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        `${path} holds a file called “a/b.png/c.png”, of which a part is the name of another file as well as of a folder`,
      )
    })
  })

  it('stops when the person cancels', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a')
      await writeFile(path, await archiveOf(kind, await classFolders()))
      const controller = new AbortController()
      const options = { signal: controller.signal, onProgress: () => controller.abort() }
      await expect(openDataset(pathSettings(path), options)).rejects.toThrow(OpeningCancelledError)
      expect(await readdir(join(cache, 'filterscope', 'unpacked'))).toEqual([])
    })
  })
})

/** Not every writer marks the end of a tar file, so one that is cut between two files looks whole. */
function cutWithinFile(kind: (typeof kinds)[number], whole: Uint8Array): number {
  const cut = Math.floor(whole.length * 0.6)
  return kind === 'tar' ? cut - (cut % 1024) + 512 + 40 : cut
}

async function written(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name))
    if (found.isFile()) bytes += found.size
  }
  return bytes
}

function fixTarChecksum(bytes: Buffer): void {
  bytes.fill(0x20, 148, 156)
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}

describe('unpacked archives', () => {
  const fill = (bytes: number) => async (folder: string) => {
    await writeFile(join(folder, 'x'), new Uint8Array(bytes))
    return bytes
  }

  it('make room for new ones, the longest unused first, those in use never', async () => {
    await inTemporaryFolder(async (folder) => {
      const folders = new UnpackedFolders(join(folder, 'cache'), 250)
      const opened: Record<string, Awaited<ReturnType<typeof folders.get>>> = {}
      for (const name of ['a', 'b', 'c']) {
        await writeFile(join(folder, name), name)
        const one = await folders.get(join(folder, name), fill(100))
        opened[name] = one
        const long = new Date(Date.now() - (name === 'a' ? 9e6 : 6e6))
        if (name !== 'c') await utimes(join(one.folder, '..'), long, long)
        if (name === 'b') await one.release()
      }
      const there = async () =>
        Promise.all(
          Object.values(opened).map((one) =>
            stat(one.folder).then(
              () => true,
              () => false,
            ),
          ),
        )
      // a was unused for longest and is in use; b makes room.
      expect(await there()).toEqual([true, false, true])
      await opened.a?.release()
      await opened.c?.release()
      const longAgo = new Date(Date.now() - 9e6)
      await utimes(join((opened.a as NonNullable<typeof opened.a>).folder, '..'), longAgo, longAgo)
      await writeFile(join(folder, 'd'), 'd')
      await folders.get(join(folder, 'd'), fill(100))
      expect(await there()).toEqual([false, false, true])
    })
  })

  it('are there for whoever opened them while others make room', async () => {
    await inTemporaryFolder(async (folder) => {
      const names = ['a', 'b', 'c']
      for (const name of names) await writeFile(join(folder, name), name)
      const useOften = async (name: string) => {
        const folders = new UnpackedFolders(join(folder, 'cache'), 0)
        for (let round = 0; round < 30; round++) {
          const opened = await folders.get(join(folder, name), fill(100))
          expect(await readdir(opened.folder)).toEqual(['x'])
          await opened.release()
        }
      }
      await Promise.all(names.map(useOften))
    })
  })

  it('are unpacked anew when the archive has changed', async () => {
    await inTemporaryFolder(async (folder) => {
      const folders = new UnpackedFolders(join(folder, 'cache'))
      const path = join(folder, 'a')
      await writeFile(path, 'one')
      const one = await folders.get(path, fill(1))
      expect((await folders.get(path, () => Promise.reject(new Error('again')))).folder).toBe(one.folder)
      await writeFile(path, 'another')
      expect((await folders.get(path, fill(2))).folder).not.toBe(one.folder)
    })
  })

  it('leave nothing behind where unpacking fails', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a')
      await writeFile(path, 'one')
      const folders = new UnpackedFolders(join(folder, 'cache'))
      await expect(folders.get(path, () => Promise.reject(new DataError('no')))).rejects.toThrow('no')
      expect(await readdir(join(folder, 'cache'))).toEqual([])
    })
  })
})

it('tells a tar file that ends within a block behind its last file', async () => {
  await inTemporaryFolder(async (folder) => {
    const whole = tarOf({ 'a.png': Buffer.from('x'), 'b.png': Buffer.from('x') })
    await mkdir(join(folder, 'target'))
    // Behind the header and the content of the first, in the header of the second.
    await writeFile(join(folder, 'a.tar'), whole.subarray(0, 1024 + 100))
    await expect(unpack(join(folder, 'a.tar'), 'tar', join(folder, 'target'), usualLimits, {})).rejects.toThrow(
      'ends within a block',
    )
  })
})

it.skipIf(process.platform !== 'linux')('closes the file in hand when unpacking a tar file is cancelled', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'a.tar')
    await writeFile(path, tarOf({ 'large.png': new Uint8Array(4_000_000) }))
    const target = join(folder, 'target')
    await mkdir(target)
    const controller = new AbortController()
    const options = { signal: controller.signal, onProgress: () => controller.abort() }
    await expect(unpack(path, 'tar', target, usualLimits, options)).rejects.toThrow(OpeningCancelledError)
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((name) => readlink(join('/proc/self/fd', name)).catch(() => '')),
    )
    expect(open.filter((file) => file.startsWith(target))).toEqual([])
  })
})

it('leaves out links of an archive, which may lead anywhere', async () => {
  await inTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'set'))
    await writeFile(join(folder, 'set', 'file.txt'), 'here')
    await symlink('/etc/passwd', join(folder, 'set', 'link.txt'))
    await create({ file: join(folder, 'a.tar'), cwd: folder }, ['set'])
    await mkdir(join(folder, 'target'))
    await unpack(join(folder, 'a.tar'), 'tar', join(folder, 'target'), usualLimits, {})
    expect(await readdir(join(folder, 'target', 'set'))).toEqual(['file.txt'])
  })
})
