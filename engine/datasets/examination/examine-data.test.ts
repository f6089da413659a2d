import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { OpeningCancelledError } from '../dataset.ts'
import { openDataset } from '../open-dataset.ts'
import { inTemporaryFolder, pathSettings, xoSettings } from '../test-data.ts'
import { examineData } from './examine-data.ts'

const size = { width: 24, height: 20, channels: 3 } as const

/** A picture of smooth random blobs, another one for each seed. */
function blobs(seed: number): Uint8Array {
  const stream = randomStream(seed, 'blobs')
  const waves = Array.from({ length: 6 }, () => [stream.uniform() * 0.6, stream.uniform() * 0.6, stream.uniform() * 6])
  return Uint8Array.from({ length: 24 * 20 * 3 }, (_, at) => {
    const [x, y, channel] = [Math.floor(at / 3) % 24, Math.floor(at / 72), at % 3]
    const sum = waves.reduce((total, [a = 0, b = 0, c = 0]) => total + Math.sin(a * x + b * y + c + 0.3 * channel), 0)
    return Math.max(0, Math.min(255, Math.round(128 + 30 * sum)))
  })
}

const png = (pixels: Uint8Array) => sharp(pixels, { raw: size }).png().toBuffer()

/** Class folders in train and test folders; every picture another one but those named by `test`. */
async function writeSplits(folder: string, test: readonly (readonly [name: string, file: Buffer])[]): Promise<void> {
  for (const split of ['train', 'test']) {
    for (const [index, name] of ['one', 'two'].entries()) {
      await mkdir(join(folder, split, name), { recursive: true })
      for (let picture = 0; picture < 6; picture++) {
        const seed = 100 * index + picture + (split === 'test' ? 1000 : 0)
        await writeFile(join(folder, split, name, `${picture}.png`), await png(blobs(seed)))
      }
    }
  }
  for (const [name, file] of test) await writeFile(join(folder, 'test', name), file)
}

describe('examineData', () => {
  it('finds pictures that are in training as well: the very same, and nearly the same ones, and no others', async () => {
    await inTemporaryFolder(async (folder) => {
      // Scaled down and up again, and brighter: other bytes, the same picture.
      const near = await sharp(blobs(3), { raw: size })
        .resize(20, 17)
        .resize(24, 20, { fit: 'fill' })
        .linear(1.05, 4)
        .png()
        .toBuffer()
      await writeSplits(folder, [
        ['one/same.png', await png(blobs(2))],
        ['two/other-class.png', await png(blobs(4))],
        ['one/near.png', near],
      ])
      const dataset = await openDataset(pathSettings(folder, { validationShare: 0 }))
      expect(dataset.summary.counts).toMatchObject({ train: 12, validation: 0, test: 15 })
      const { compared, exact, near: nearly, problems } = await examineData(dataset, {})
      expect({ compared, exact, nearly }).toEqual({ compared: 15, exact: 2, nearly: 1 })
      const messages = new Map(problems.map(({ path, message }) => [path, message]))
      const find = (name: string) => [...messages].find(([path]) => path.endsWith(name))?.[1] ?? ''
      expect(find('same.png')).toMatch(
        /^In the test split, it is the very same picture as .*one\/2\.png in the training split; accuracy/,
      )
      expect(find('other-class.png')).toMatch(/one\/4\.png in the training split, there as “one” and here as “two”;/)
      expect(find('near.png')).toMatch(
        /it is nearly the same picture as .*one\/3\.png in the training split; look at both/,
      )
    })
  })

  it('gives mean and deviation of every pixel, over all training pictures and over each class', async () => {
    const dataset = await openDataset(xoSettings({ count: 200, size: 10, shift: 1 }))
    const { train } = dataset.splits
    const pixels = new Uint8Array(train.count * 100)
    await train.read([...train.labels.keys()], pixels)
    const { mean, deviation, largestDeviation, classMeans, near, exact } = await examineData(dataset, {})
    expect(exact + near).toBe(0)
    const valuesAt = (at: number, label?: number) =>
      pixels.filter((_, i) => i % 100 === at && (label === undefined || train.labels[Math.floor(i / 100)] === label))
    const average = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length
    for (let at = 0; at < 100; at++) {
      const values = valuesAt(at)
      const centre = average(values)
      expect(Math.abs(mean[at]! - centre)).toBeLessThanOrEqual(0.5)
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length)
      expect(Math.abs((deviation[at]! * largestDeviation) / 255 - spread)).toBeLessThan(0.3)
      for (const label of [0, 1]) {
        expect(Math.abs(classMeans[100 * label + at]! - average(valuesAt(at, label)))).toBeLessThanOrEqual(0.5)
      }
    }
  })

  it('stops when it is cancelled', async () => {
    const dataset = await openDataset(xoSettings({ count: 500 }))
    const controller = new AbortController()
    const examining = examineData(dataset, { onProgress: () => controller.abort(), signal: controller.signal })
    await expect(examining).rejects.toThrow(OpeningCancelledError)
  })
})
