import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCifarBatch } from './cifar10.ts'
import { DataError } from './dataset.ts'
import { openDataset } from './open-dataset.ts'
import { hasSharedData, inTemporaryFolder, pathSettings, sharedData } from './test-data.ts'

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
          const parsed = parseCifarBatch('batch', batch(labels, value))
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
      expect(() => parseCifarBatch('batch', bytes.subarray(0, length))).toThrow(DataError)
    }
  })

  it('names a label that is out of range', () => {
    expect(() =>
      parseCifarBatch(
        'batch_1',
        batch([3, 10], () => 0),
      ),
    ).toThrow(/batch_1: label 10 of picture #1 is out of range, as CIFAR-10 has classes 0 to 9/)
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
