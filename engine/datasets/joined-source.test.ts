import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { type DataSettings, dataSettingsSchema } from '../protocol/settings.ts'
import type { Samples } from './dataset.ts'
import { openDataset } from './open-dataset.ts'
import { hasSharedData, idxBytes, inTemporaryFolder, sharedData } from './test-data.ts'

interface Drawn {
  readonly count: number
  /** Of the first; each one after it is one lighter. */
  readonly grey: number
  readonly width?: number
  readonly height?: number
  readonly isColour?: boolean
}

/** A folder of one folder per class, each with pictures of one grey value. */
async function writeClasses(folder: string, classes: Readonly<Record<string, Drawn>>): Promise<void> {
  for (const [name, { count, grey, width = 8, height = 8, isColour = true }] of Object.entries(classes)) {
    await mkdir(join(folder, name), { recursive: true })
    for (let number = 0; number < count; number++) {
      const value = grey + number
      const picture = sharp({ create: { width, height, channels: 3, background: { r: value, g: value, b: value } } })
      await (isColour ? picture : picture.toColourspace('b-w')).png().toFile(join(folder, name, `${number}.png`))
    }
  }
}

function settingsFor(paths: readonly string[], more: Partial<DataSettings> = {}): DataSettings {
  return { ...dataSettingsSchema.parse({ source: { kind: 'paths', paths } }), ...more }
}

/** The first byte of every picture of a split, by class. */
async function greysOf(samples: Samples, classNames: readonly string[]): Promise<Record<string, number[]>> {
  const pixels = new Uint8Array(samples.count * samples.pictureBytes)
  await samples.read([...samples.labels.keys()], pixels)
  const found: Record<string, number[]> = {}
  for (const [position, label] of samples.labels.entries()) {
    const values = (found[classNames[label] as string] ??= [])
    values.push(pixels[position * samples.pictureBytes] as number)
  }
  return found
}

describe('several sources', () => {
  it('take the names of two folders for splits, and the names of classes for classes', async () => {
    await inTemporaryFolder(async (folder) => {
      const [train, test] = [join(folder, 'train'), join(folder, 'Test')]
      await writeClasses(train, { cat: { count: 6, grey: 10 }, dog: { count: 5, grey: 100 } })
      // The other way round, so that a class cannot be told by its place.
      await writeClasses(test, {
        apple: { count: 2, grey: 240 },
        dog: { count: 3, grey: 150 },
        cat: { count: 2, grey: 50 },
      })
      const { summary, splits } = await openDataset(settingsFor([train, test], { validationShare: 0 }))
      const names = summary.classes.map(({ name }) => name)
      expect(names).toEqual(['cat', 'dog'])
      expect(summary).toMatchObject({
        format: 'folder',
        testSetGiven: true,
        counts: { train: 11, validation: 0, test: 5 },
      })
      expect(await greysOf(splits.train, names)).toEqual({
        cat: [10, 11, 12, 13, 14, 15],
        dog: [100, 101, 102, 103, 104],
      })
      expect(await greysOf(splits.test, names)).toEqual({ cat: [50, 51], dog: [150, 151, 152] })
      expect(summary.problems).toEqual([
        { path: test, message: 'Class “apple” has no readable picture for training in any source, so it is left out.' },
      ])
      expect(splits.test.originOf(0)).toBe(`Test: ${join('cat', '0.png')}`)
    })
  })

  it('keep the splits that one of them has, and hold nothing else out for them', async () => {
    await inTemporaryFolder(async (folder) => {
      const [split, whole] = [join(folder, 'one'), join(folder, 'two')]
      await writeClasses(join(split, 'train'), { a: { count: 4, grey: 0 }, b: { count: 4, grey: 10 } })
      await writeClasses(join(split, 'val'), { a: { count: 1, grey: 20 }, b: { count: 2, grey: 30 } })
      await writeClasses(whole, { b: { count: 20, grey: 40 }, c: { count: 20, grey: 80 } })
      const { summary, splits } = await openDataset(settingsFor([split, whole], { testShare: 0.5 }))
      const names = summary.classes.map(({ name }) => name)
      expect(names).toEqual(['a', 'b', 'c'])
      expect(await greysOf(splits.validation, names)).toEqual({ a: [20], b: [30, 31] })
      expect(summary.classes.map(({ train, test }) => train + test)).toEqual([4, 24, 20])
      expect(summary.counts.test).toBe(24)
    })
  })

  it('are brought to the size that most pictures have, and to colour where any is in colour', async () => {
    await inTemporaryFolder(async (folder) => {
      const [files, pictures] = [join(folder, 'idx'), join(folder, 'pictures')]
      await mkdir(files)
      const pixels = Uint8Array.from({ length: 4 * 6 * 6 }, (_, at) => 60 * Math.floor(at / 36))
      await writeFile(join(files, 'train-images-idx3-ubyte'), idxBytes([4, 6, 6], pixels))
      await writeFile(join(files, 'train-labels-idx1-ubyte'), idxBytes([4], Uint8Array.of(0, 1, 0, 1)))
      await writeClasses(pictures, { 1: { count: 9, grey: 200, width: 20, height: 10 }, cat: { count: 2, grey: 90 } })
      const held = { validationShare: 0, testShare: 0 }
      const { summary, splits } = await openDataset(settingsFor([files, pictures], held))
      expect(summary.image).toEqual({ width: 20, height: 10, channels: 3, fit: 'crop' })
      expect(summary.format).toBe('joined')
      expect(summary.originalSizes).toEqual([
        { width: 20, height: 10, count: 9 },
        { width: 6, height: 6, count: 4 },
        { width: 8, height: 8, count: 2 },
      ])
      const names = summary.classes.map(({ name }) => name)
      expect(names).toEqual(['0', '1', 'cat'])
      const ones = [60, 180, 200, 201, 202, 203, 204, 205, 206, 207, 208]
      expect(await greysOf(splits.train, names)).toEqual({ 0: [0, 120], 1: ones, cat: [90, 91] })
      const image = { width: 5, height: 4, channels: 1, fit: 'pad' } as const
      expect((await openDataset(settingsFor([files, pictures], { ...held, image }))).summary.image).toEqual(image)
    })
  })

  it('list what cannot be used of each with its own path', async () => {
    await inTemporaryFolder(async (folder) => {
      const [one, two] = [join(folder, 'one'), join(folder, 'two')]
      for (const path of [one, two]) {
        await writeClasses(path, { a: { count: 3, grey: 0 }, b: { count: 3, grey: 9 } })
        await writeFile(join(path, 'a', 'broken.png'), 'not a picture')
      }
      const { summary } = await openDataset(settingsFor([one, two]))
      expect(summary.problems.map(({ path }) => path)).toEqual([one, two].map((path) => join(path, 'a', 'broken.png')))
      expect(summary.title).toBe(`${one} + ${two}`)
    })
  })

  it('may each have one class only, or all be of one split', async () => {
    await inTemporaryFolder(async (folder) => {
      const paths = [join(folder, 'test-a'), join(folder, 'test-b')]
      await writeClasses(paths[0] as string, { a: { count: 4, grey: 0 } })
      await writeClasses(paths[1] as string, { b: { count: 4, grey: 50 } })
      const { summary } = await openDataset(settingsFor(paths, { validationShare: 0, testShare: 0 }))
      expect(summary.counts).toEqual({ train: 8, validation: 0, test: 0 })
    })
  })

  it('are refused in one sentence that names the one at fault', async () => {
    await inTemporaryFolder(async (folder) => {
      const [good, same] = [join(folder, 'good'), join(folder, 'same')]
      const [loose, empty, test, val] = ['loose', 'empty', 'my test', 'val'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
        string,
      ]
      for (const path of [good, test, val])
        await writeClasses(path, { a: { count: 2, grey: 0 }, b: { count: 2, grey: 9 } })
      await symlink(good, same)
      await writeClasses(folder, { loose: { count: 2, grey: 0 } })
      await mkdir(empty)
      const refusal = (...paths: string[]) => expect(openDataset(settingsFor(paths))).rejects
      await refusal(good, join(folder, 'none')).toThrow(`${join(folder, 'none')} does not exist; check the path.`)
      await refusal(empty, good).toThrow(`${empty} is an empty folder`)
      await refusal(good, good).toThrow(`${good} was chosen twice; choose each source once.`)
      await refusal(good, same).toThrow(`${good} and ${same} are the same; choose each source once.`)
      await refusal(good, loose).toThrow(`${loose} holds pictures without labels, but those of ${good} have some;`)
      await refusal(test, val).toThrow(`${test} and ${val} hold pictures for test and validation but none to train on;`)
    })
  })

  it('are two or more, and one alone is kept as before', () => {
    expect(() => settingsFor(['/one'])).toThrow()
    expect(dataSettingsSchema.parse({ source: { kind: 'path', path: '/one' } }).source).toEqual({
      kind: 'path',
      path: '/one',
    })
  })

  it.skipIf(!hasSharedData)('joins real data of two kinds (needs ../shared/data)', async () => {
    const paths = ['mnist', 'cifar-10-batches-bin'].map((name) => join(sharedData, name))
    const { summary, splits } = await openDataset(settingsFor(paths))
    expect(summary.classes).toHaveLength(20)
    expect(summary.image.channels).toBe(3)
    // The test set that the digits bring is the only one.
    expect(summary.counts.test).toBe(10_000)
    const { train } = splits
    const pixels = new Uint8Array(train.pictureBytes * 2)
    await train.read([0, train.count - 1], pixels)
    // A digit is grey, a photo of this set is not.
    const channelsDiffer = (picture: Uint8Array) => picture.some((value, at) => value !== picture[at - (at % 3)])
    expect(channelsDiffer(pixels.subarray(0, train.pictureBytes))).toBe(false)
    expect(channelsDiffer(pixels.subarray(train.pictureBytes))).toBe(true)
  })
})
