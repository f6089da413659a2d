import { mkdir, open, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ImageSize } from '../protocol/settings.ts'
import { openDataset } from './open-dataset.ts'
import { inTemporaryFolder, pathSettings } from './test-data.ts'

const side = 1000
const perClass = 26
const image: ImageSize = { width: 8, height: 8, channels: 3, fit: 'crop' }

let cacheBefore: string | undefined
beforeEach(() => {
  cacheBefore = process.env.XDG_CACHE_HOME
})
afterEach(() => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = cacheBefore
})

/** Two classes of so large pictures that they are worth keeping, each of one colour, and a cache beside them. */
async function withPictures(use: (pictures: string, cached: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    process.env.XDG_CACHE_HOME = join(folder, 'cache')
    const pictures = join(folder, 'pictures')
    for (const [label, name] of ['dark', 'light'].entries()) {
      await mkdir(join(pictures, name), { recursive: true })
      for (let number = 0; number < perClass; number++)
        await writePicture(join(pictures, name, `${number}.png`), 100 * label + number)
    }
    await use(pictures, join(folder, 'cache', 'filterscope', 'pictures'))
  })
}

/** `seconds` is when it was changed last. */
async function writePicture(path: string, grey: number, seconds = 1000): Promise<void> {
  const background = { r: grey, g: grey, b: grey }
  await sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toFile(path)
  await utimes(path, seconds, seconds)
}

/** What no decoder reads, of the same size and time, and with the header that it had. */
async function ruinPixels(path: string): Promise<void> {
  const { size } = await stat(path)
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(size - 64, 255), 0, size - 64, 64)
  await file.close()
  await utimes(path, 1000, 1000)
}

/** The first grey value of every training picture, by name; and what could not be used. */
async function greyValues(pictures: string, wanted: ImageSize = image) {
  const dataset = await openDataset(pathSettings(pictures, { image: wanted, validationShare: 0, testShare: 0 }))
  const { train } = dataset.splits
  const pixels = new Uint8Array(train.count * train.pictureBytes)
  await train.read([...Array(train.count).keys()], pixels)
  const values = Array.from({ length: train.count }, (_, at) => [train.originOf(at), pixels[at * train.pictureBytes]])
  await dataset.close()
  return { values: Object.fromEntries(values) as Record<string, number>, problems: dataset.summary.problems }
}

it('decodes large pictures once, and again where a file has changed', async () => {
  await withPictures(async (pictures) => {
    const first = await greyValues(pictures)
    expect(first.problems).toEqual([])
    expect(first.values[join('light', '3.png')]).toBe(103)
    await ruinPixels(join(pictures, 'light', '3.png'))
    expect(await greyValues(pictures)).toEqual(first)
    await writePicture(join(pictures, 'light', '4.png'), 250, 2000)
    const changed = await greyValues(pictures)
    expect(changed.values).toEqual({ ...first.values, [join('light', '4.png')]: 250 })
    // A time of its own, so that nothing that was kept stands for it.
    await utimes(join(pictures, 'light', '3.png'), 3000, 3000)
    const { problems, values } = await greyValues(pictures)
    expect(problems).toMatchObject([{ path: join(pictures, 'light', '3.png') }])
    expect(Object.keys(values)).toHaveLength(2 * perClass - 1)
  })
}, 60_000)

it('keeps them apart by size and colour, and decodes again what was damaged', async () => {
  await withPictures(async (pictures, cached) => {
    const first = await greyValues(pictures)
    expect(await greyValues(pictures, { ...image, channels: 1 })).toEqual(first)
    expect(await readdir(cached)).toHaveLength(2)
    for (const name of await readdir(cached)) {
      const path = join(cached, name)
      const { size } = await stat(path)
      await writeFile(path, Buffer.alloc(size, 1))
    }
    expect(await greyValues(pictures)).toEqual(first)
    await ruinPixels(join(pictures, 'dark', '7.png'))
    expect(await greyValues(pictures)).toEqual(first)
  })
}, 60_000)

it('keeps nothing of small data, which is decoded as fast', async () => {
  await inTemporaryFolder(async (folder) => {
    process.env.XDG_CACHE_HOME = join(folder, 'cache')
    for (const name of ['dark', 'light']) {
      await mkdir(join(folder, 'pictures', name), { recursive: true })
      for (let number = 0; number < 3; number++)
        await writePicture(join(folder, 'pictures', name, `${number}.png`), number)
    }
    await greyValues(join(folder, 'pictures'))
    expect(await readdir(folder)).toEqual(['pictures'])
  })
})
