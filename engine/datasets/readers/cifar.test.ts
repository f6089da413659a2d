import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cifar100Layout, cifar10Layout, parseCifarBatch } from './cifar.ts'
import { DataError } from '../dataset.ts'
import { openDataset } from '../open-dataset.ts'
import { hasSharedData, inTemporaryFolder, pathSettings, sharedData } from '../test-data.ts'

const RECORD = 3073

function batch(labels: readonly number[], value: (record: number, channel: number, pixel: number) => number) {
  const bytes = new Uint8Array(labels.length * RECORD)
  labels.forEach((label, record) => {
    bytes[record * RECORD] = label
    for (let position = 0; position < RECORD - 1; position++) {
      bytes[record * RECORD + 1 + position] = value(record, Math.floor(position / 1024), position % 1024)
    }
  })
  return bytes
}

describe('parseCifarBatch', () => {
  it('turns the three planes of each record into interleaved pixels', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.nat(255),
        fc.nat(1023),
        fc.nat(2),
        (labels, salt, pixel, channel) => {
          const value = (record: number, c: number, p: number) => (record * 31 + c * 85 + p * 7 + salt) % 256
          const parsed = parseCifarBatch('batch', batch(labels, value), cifar10Layout)
          expect([...parsed.labels]).toEqual(labels)
          for (const record of labels.keys()) {
            expect(parsed.pixels[record * 3072 + pixel * 3 + channel]).toBe(value(record, channel, pixel))
          }
        },
      ),
      { numRuns: 50, seed: 3 },
    )
  })

  it('refuses every length that is no whole number of records', () => {
    const bytes = batch([1, 2], () => 0)
    for (let length = 0; length < bytes.length; length++) {
      if (length === RECORD) continue
      expect(() => parseCifarBatch('batch', bytes.subarray(0, length), cifar10Layout)).toThrow(DataError)
    }
  })

  it('names a label that is out of range', () => {
    expect(() =>
      parseCifarBatch(
        'batch_1',
        batch([3, 10], () => 0),
        cifar10Layout,
      ),
    ).toThrow(/batch_1: label 10 of picture #1 is out of range, as CIFAR-10 has 0 to 9/)
  })
})

describe('a CIFAR-10 folder', () => {
  it('uses test_batch.bin where it is there', async () => {
    await inTemporaryFolder(async (folder) => {
      const labels = Array.from({ length: 40 }, (_, index) => index % 10)
      await writeFile(
        join(folder, 'data_batch_1.bin'),
        batch(labels, () => 255),
      )
      await writeFile(
        join(folder, 'data_batch_2.bin'),
        batch(labels, () => 0),
      )
      await writeFile(
        join(folder, 'test_batch.bin'),
        batch([7], () => 9),
      )
      const { summary, splits } = await openDataset(pathSettings(folder, { validationShare: 0 }))
      expect(summary).toMatchObject({ format: 'cifar10', counts: { train: 80, validation: 0, test: 1 } })
      expect(summary.mean).toEqual([0.5, 0.5, 0.5])
      expect(summary.standardDeviation).toEqual([0.5, 0.5, 0.5])
      expect(splits.train.originOf(40)).toBe('data_batch_2.bin #0')
      expect(summary.classNamesFrom).toEqual({ kind: 'known', dataset: 'CIFAR-10' })
      expect(summary.classes[7]).toEqual({ name: 'horse', train: 8, validation: 0, test: 1 })
    })
  })

  it.skipIf(!hasSharedData)('opens a real batch with its class names (needs the shared data)', async () => {
    const { summary } = await openDataset(pathSettings(join(sharedData, 'cifar-10-batches-bin')))
    expect(summary.classes.map((each) => each.name)).toContain('airplane')
    expect(summary.classNamesFrom).toEqual({ kind: 'file', name: 'batches.meta.txt' })
    expect(summary.classes).toHaveLength(10)
    expect(summary.counts).toEqual({ train: 7650, validation: 850, test: 1500 })
    // Published for the whole training set: 0.491, 0.482, 0.447.
    for (const [channel, mean] of [0.491, 0.482, 0.447].entries()) expect(summary.mean[channel]).toBeCloseTo(mean, 1)
  })
})

/** Records of CIFAR-100: superclass, class, then three planes of one value each. */
function fineBatch(labels: readonly (readonly [coarse: number, fine: number])[], value: (record: number) => number) {
  const bytes = new Uint8Array(labels.length * (RECORD + 1))
  for (const [record, label] of labels.entries()) {
    bytes.set(label, record * (RECORD + 1))
    bytes.fill(value(record), record * (RECORD + 1) + 2, (record + 1) * (RECORD + 1))
  }
  return bytes
}

const fineLabels = Array.from({ length: 200 }, (_, index) => [Math.floor((index % 100) / 5), index % 100] as const)

describe('a CIFAR-100 folder', () => {
  it('is recognised by its records and names the fine labels', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(
        join(folder, 'train.bin'),
        fineBatch(fineLabels, (record) => record),
      )
      await writeFile(
        join(folder, 'test.bin'),
        fineBatch(
          [
            [3, 17],
            [19, 99],
          ],
          () => 9,
        ),
      )
      const { summary, splits } = await openDataset(pathSettings(folder, { validationShare: 0 }))
      expect(summary).toMatchObject({ format: 'cifar100', counts: { train: 200, validation: 0, test: 2 } })
      expect(summary.classes).toHaveLength(100)
      expect(summary.classes[17]).toEqual({ name: 'castle', train: 2, validation: 0, test: 1 })
      expect(summary.classes[99]?.name).toBe('worm')
      expect(summary.classNamesFrom).toEqual({ kind: 'known', dataset: 'CIFAR-100' })
      const picture = new Uint8Array(3072)
      await splits.train.read([123], picture)
      expect(new Set(picture)).toEqual(new Set([123]))
      expect(splits.train.labels[123]).toBe(23)
      expect(splits.test.originOf(1)).toBe('test.bin #1')
    })
  })

  it('takes the names of classes and superclasses from the files beside it', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(
        join(folder, 'train.bin'),
        fineBatch(fineLabels, () => 1),
      )
      const names = (count: number, what: string) => Array.from({ length: count }, (_, at) => `${what}${at}`).join('\n')
      await writeFile(join(folder, 'fine_label_names.txt'), names(100, 'fine'))
      await writeFile(join(folder, 'coarse_label_names.txt'), names(20, 'coarse'))
      const { summary, splits } = await openDataset(pathSettings(folder, { validationShare: 0, testShare: 0 }))
      expect(summary.classes[42]?.name).toBe('fine42')
      expect(summary.classNamesFrom).toEqual({ kind: 'file', name: 'fine_label_names.txt' })
      expect(splits.train.originOf(42)).toBe('train.bin #42 (coarse8)')
      await writeFile(join(folder, 'fine_label_names.txt'), names(99, 'fine'))
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(/names 99 classes instead of 100; correct it/)
    })
  })

  it('is told from CIFAR-10 whatever its files are called', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(
        join(folder, 'data_batch_1.bin'),
        fineBatch(fineLabels, () => 1),
      )
      expect((await openDataset(pathSettings(folder))).summary.format).toBe('cifar100')
      await writeFile(
        join(folder, 'train.bin'),
        batch([1, 2, 3], () => 1),
      )
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(
        /holds batches of CIFAR-100 \(data_batch_1.bin\) and of CIFAR-10 \(train.bin\); choose one/,
      )
      expect((await openDataset(pathSettings(join(folder, 'train.bin'), { testShare: 0 }))).summary.format).toBe(
        'cifar10',
      )
    })
  })

  it('says what is wrong with a damaged file', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'train.bin')
      await writeFile(join(folder, 'fine_label_names.txt'), 'x')
      await writeFile(path, fineBatch(fineLabels, () => 1).subarray(0, 5000))
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(
        /train.bin holds 5000 bytes, which is no whole number of CIFAR-100 records of 3074 bytes; it is damaged/,
      )
      await writeFile(
        path,
        fineBatch(
          [
            [3, 17],
            [20, 0],
          ],
          () => 1,
        ),
      )
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(
        /superclass 20 of picture #1 is out of range, as CIFAR-100 has 0 to 19/,
      )
      expect(() =>
        parseCifarBatch(
          'b',
          fineBatch([[0, 100]], () => 1),
          cifar100Layout,
        ),
      ).toThrow(/label 100 of picture #0/)
    })
    await inTemporaryFolder(async (folder) => {
      await writeFile(
        join(folder, 'test.bin'),
        fineBatch(fineLabels, () => 1),
      )
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(/holds test.bin but no batch to train on/)
    })
  })
})
