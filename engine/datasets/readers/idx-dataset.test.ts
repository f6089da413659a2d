import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openDataset } from '../open-dataset.ts'
import { hasSharedData, idxBytes, inTemporaryFolder, pathSettings, sharedData } from '../test-data.ts'

/** Picture i is filled with the value i, so that it can be told apart. */
async function writePair(folder: string, prefix: string, labels: readonly number[], gzipped = false): Promise<void> {
  const pixels = Uint8Array.from({ length: labels.length * 20 }, (_, index) => Math.floor(index / 20))
  const write = (name: string, bytes: Uint8Array) =>
    writeFile(join(folder, `${name}${gzipped ? '.gz' : ''}`), gzipped ? gzipSync(bytes) : bytes)
  await write(`${prefix}-images-idx3-ubyte`, idxBytes([labels.length, 5, 4], pixels))
  await write(`${prefix}-labels-idx1-ubyte`, idxBytes([labels.length], Uint8Array.from(labels)))
}

const alternating = (count: number, classes: number, first = 0) =>
  Array.from({ length: count }, (_, index) => first + (index % classes))

describe('an IDX data set', () => {
  it('uses the test set that comes with it and holds a share of the rest out for validation', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 't10k', alternating(6, 3))
      await writePair(folder, 'train', alternating(60, 3), true)
      const { summary, splits } = await openDataset(pathSettings(folder, { validationShare: 0.1 }))
      expect(summary).toMatchObject({
        format: 'idx',
        title: folder,
        counts: { train: 54, validation: 6, test: 6 },
        image: { width: 4, height: 5, channels: 1, fit: 'crop' },
        testSetGiven: true,
        problemCount: 0,
      })
      expect(summary.classNamesFrom).toEqual({ kind: 'numbers' })
      expect(summary.classes).toEqual(['0', '1', '2'].map((name) => ({ name, train: 18, validation: 2, test: 2 })))
      const pixels = new Uint8Array(2 * 20)
      await splits.test.read([5, 1], pixels)
      expect([...pixels]).toEqual([...new Array<number>(20).fill(5), ...new Array<number>(20).fill(1)])
      expect(splits.test.labels[5]).toBe(2)
      expect(splits.test.originOf(5)).toBe('t10k-images-idx3-ubyte #5')
    })
  })

  it('opens one images file by its labels beside it', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 'train', alternating(40, 2))
      await writePair(folder, 't10k', alternating(20, 2))
      const { summary } = await openDataset(pathSettings(join(folder, 't10k-images-idx3-ubyte')))
      expect(summary.testSetGiven).toBe(false)
      expect(summary.counts.train + summary.counts.validation + summary.counts.test).toBe(20)
    })
  })

  it('says so where the labels file is missing, chosen instead, or of another length', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 'train', alternating(20, 2))
      const labels = join(folder, 'train-labels-idx1-ubyte')
      await expect(openDataset(pathSettings(labels))).rejects.toThrow(/holds labels, not pictures; choose the images/)
      await writeFile(labels, idxBytes([19], new Uint8Array(19)))
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(
        /train-labels-idx1-ubyte holds 19 labels but train-images-idx3-ubyte holds 20 pictures/,
      )
      const alone = join(folder, 'alone')
      await mkdir(alone)
      await writeFile(join(alone, 'images-idx3-ubyte'), idxBytes([1, 2, 2], new Uint8Array(4)))
      await expect(openDataset(pathSettings(alone))).rejects.toThrow(/images-idx3-ubyte has no labels file beside it/)
    })
  })

  it('names the first label that is out of range', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 'train', [...alternating(20, 2), 200])
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(
        /train-labels-idx1-ubyte: label 200 of picture #20 is out of range, as labels run from 0 to 1 here/,
      )
      await writePair(folder, 'train', alternating(20, 2))
      await writePair(folder, 't10k', [0, 1, 2])
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(
        /t10k-labels-idx1-ubyte: label 2 of picture #2 is out of range/,
      )
    })
  })

  it('takes class names from a text file beside it, and judges labels by it', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 'train', alternating(20, 2))
      await writeFile(join(folder, 'labels.txt'), '0 T-shirt/top\n1 Trouser\n')
      const { summary } = await openDataset(pathSettings(folder))
      expect(summary.classes.map((each) => each.name)).toEqual(['T-shirt/top', 'Trouser'])
      await writeFile(join(folder, 'labels.txt'), 'only\n')
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(/labels.txt names classes 0 to 0/)
    })
  })

  it('counts classes from 1 where the labels do', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 'train', alternating(20, 2, 1))
      const { summary, splits } = await openDataset(pathSettings(folder))
      expect(summary.classes.map((each) => each.name)).toEqual(['1', '2'])
      expect(Math.max(...splits.train.labels)).toBe(1)
    })
  })

  it('refuses a set of one class', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePair(folder, 'train', alternating(20, 1))
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(/has only one class to learn \(“0”\)/)
    })
  })

  it.skipIf(!hasSharedData)('opens Fashion-MNIST (needs the shared data)', async () => {
    const { summary } = await openDataset(pathSettings(join(sharedData, 'fashion-mnist')))
    expect(summary.counts).toEqual({ train: 54_000, validation: 6000, test: 10_000 })
    expect(summary.classes).toHaveLength(10)
    expect(summary.classes[1]?.name).toBe('Trouser')
    expect(summary.classNamesFrom).toEqual({ kind: 'known', dataset: 'Fashion-MNIST' })
    for (const each of summary.classes) expect(each).toMatchObject({ train: 5400, validation: 600, test: 1000 })
    // 0.2860 and 0.3530 are the published values of all 60,000 training pictures.
    expect(summary.mean[0]).toBeCloseTo(0.286, 2)
    expect(summary.standardDeviation[0]).toBeCloseTo(0.353, 2)
  })
})
