import { describe, expect, it } from 'vitest'
import type { DataProgress } from '../protocol/messages.ts'
import { OpeningCancelledError, type Samples } from './dataset.ts'
import { openDataset } from './open-dataset.ts'
import { xoSettings } from './test-data.ts'

async function readAll(samples: Samples): Promise<Uint8Array> {
  const pixels = new Uint8Array(samples.count * samples.pictureBytes)
  await samples.read([...samples.labels.keys()], pixels)
  return pixels
}

describe('openDataset', () => {
  it('measures the training pictures and no others', async () => {
    const { summary, splits } = await openDataset(xoSettings({ count: 300 }))
    const pixels = await readAll(splits.train)
    const mean = pixels.reduce((sum, value) => sum + value / 255, 0) / pixels.length
    const variance = pixels.reduce((sum, value) => sum + (value / 255 - mean) ** 2, 0) / pixels.length
    expect(summary.mean[0]).toBeCloseTo(mean, 9)
    expect(summary.standardDeviation[0]).toBeCloseTo(Math.sqrt(variance), 9)
  })

  it('is the same for the same settings, and split otherwise for another seed', async () => {
    const [one, same, other] = await Promise.all([
      openDataset(xoSettings({ count: 200 })),
      openDataset(xoSettings({ count: 200 })),
      openDataset(xoSettings({ count: 200 }, { seed: 1 })),
    ])
    expect(same.summary).toEqual(one.summary)
    expect(await readAll(same.splits.test)).toEqual(await readAll(one.splits.test))
    expect(await readAll(other.splits.test)).not.toEqual(await readAll(one.splits.test))
  })

  it('deals labels out anew as a control, in every split and as often as before', async () => {
    const plain = await openDataset(xoSettings({ count: 400 }))
    const shuffled = await openDataset(xoSettings({ count: 400 }, { control: 'shuffledLabels' }))
    for (const split of ['train', 'validation', 'test'] as const) {
      expect(Buffer.compare(await readAll(shuffled.splits[split]), await readAll(plain.splits[split]))).toBe(0)
      expect(shuffled.splits[split].labels).not.toEqual(plain.splits[split].labels)
      expect(shuffled.splits[split].labels.toSorted()).toEqual(plain.splits[split].labels.toSorted())
    }
    const { train } = shuffled.splits
    const agreeing = train.labels.filter((label, position) => label === plain.splits.train.labels[position]).length
    // By chance half of them agree; five standard deviations are allowed.
    expect(Math.abs(agreeing / train.count - 0.5)).toBeLessThan(2.5 / Math.sqrt(train.count))
    const again = await openDataset(xoSettings({ count: 400 }, { control: 'shuffledLabels' }))
    expect(again.splits.train.labels).toEqual(train.labels)
  })

  it('replaces pictures by white noise as a control', async () => {
    const settings = xoSettings({ count: 200 }, { control: 'whiteNoise' })
    const noise = await openDataset(settings)
    const pixels = await readAll(noise.splits.train)
    const counts = new Array<number>(256).fill(0)
    for (const value of pixels) counts[value] = (counts[value] as number) + 1
    const expected = pixels.length / 256
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 255 degrees of freedom: mean 255, standard deviation 22.6.
    expect(chiSquare).toBeLessThan(255 + 5 * 22.6)
    // Neighbours in a picture and the same pixel of two pictures do not go together.
    expect(Math.abs(correlation(pixels.subarray(0, -1), pixels.subarray(1)))).toBeLessThan(0.02)
    expect(Math.abs(correlation(pixels.subarray(0, -784), pixels.subarray(784)))).toBeLessThan(0.02)
    const one = new Uint8Array(784)
    await noise.splits.train.read([5], one)
    expect(one).toEqual(pixels.subarray(5 * 784, 6 * 784))
    const plain = await openDataset({ ...settings, control: 'none' })
    expect(noise.splits.train.labels).toEqual(plain.splits.train.labels)
    expect(noise.splits.train.originOf(0)).toMatch(/^white noise in place of /)
  })

  it('replaces pictures by noise of the same mean and deviation at every pixel as a control', async () => {
    const image = { width: 12, height: 12, channels: 1, fit: 'stretch' } as const
    const settings = xoSettings({ count: 2000, size: 12, shift: 1, noise: 0.05 }, { control: 'pixelNoise', image })
    const plain = await openDataset({ ...settings, control: 'none' })
    const noise = await openDataset(settings)
    const [before, after] = [
      statistics(await readAll(plain.splits.train)),
      statistics(await readAll(noise.splits.train)),
    ]
    for (const [at, { mean, deviation }] of before.entries()) {
      const found = after[at] as (typeof before)[number]
      // The normal numbers that are asked for, clipped to 0–255 and rounded: moments of a clipped normal distribution.
      const expected = clippedNormal(mean, deviation)
      expect(Math.abs(found.mean - expected.mean)).toBeLessThan(5 * (deviation / Math.sqrt(1530)) + 0.1)
      expect(Math.abs(found.deviation / expected.deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * 1530) + 0.02)
    }
    // What lies around a pixel says nothing about it any more.
    const neighbours = (pixels: Uint8Array, of: typeof before) => {
      const around = Float64Array.from(pixels, (value, at) => value - (of[at % 144] as (typeof before)[number]).mean)
      let [product, square] = [0, 0]
      for (let at = 1; at < around.length; at++) {
        product += around[at]! * around[at - 1]!
        square += around[at]! ** 2
      }
      return product / square
    }
    expect(neighbours(await readAll(plain.splits.train), before)).toBeGreaterThan(0.2)
    const pixels = await readAll(noise.splits.train)
    expect(Math.abs(neighbours(pixels, after))).toBeLessThan(5 / Math.sqrt(pixels.length))
    const one = new Uint8Array(144)
    await noise.splits.train.read([5], one)
    expect(one).toEqual(pixels.subarray(5 * 144, 6 * 144))
    expect(noise.splits.train.labels).toEqual(plain.splits.train.labels)
    expect(noise.summary.mean[0]).toBeCloseTo(after.reduce((sum, { mean }) => sum + mean / 255, 0) / 144, 6)
    expect(noise.splits.test.originOf(0)).toMatch(/^noise like the data in place of /)
    expect(await readAll((await openDataset(settings)).splits.test)).toEqual(await readAll(noise.splits.test))
  })

  it('brings pictures in memory to another size where the settings ask for it', async () => {
    const image = { width: 14, height: 16, channels: 3, fit: 'stretch' } as const
    const { summary, splits } = await openDataset(xoSettings({ count: 60, noise: 0 }, { image }))
    expect(summary.image).toEqual(image)
    const pixels = await readAll(splits.train)
    expect(pixels).toHaveLength(splits.train.count * 14 * 16 * 3)
    expect(new Set(pixels.subarray(0, 14 * 16 * 3)).size).toBeGreaterThan(2)
    for (let position = 0; position < pixels.length; position += 3) {
      if (pixels[position] !== pixels[position + 1] || pixels[position] !== pixels[position + 2]) {
        expect.fail(`pixel ${position / 3} of a grey picture has a colour`)
      }
    }
  })

  it('reports progress with a rate and stops when it is cancelled', async () => {
    const reports: DataProgress[] = []
    await openDataset(xoSettings({ count: 1000 }), { onProgress: (progress) => reports.push(progress) })
    const drawn = reports.filter((report) => report.stage === 'Drawing X and O')
    expect(drawn[0]).toMatchObject({ done: 0, total: 1000, rate: 0 })
    expect(drawn.at(-1)).toMatchObject({ done: 1000, total: 1000 })
    expect(drawn.at(-1)?.rate).toBeGreaterThan(0)

    const controller = new AbortController()
    const opening = openDataset(xoSettings({ count: 50_000 }), {
      onProgress: () => controller.abort(),
      signal: controller.signal,
    })
    await expect(opening).rejects.toThrow(OpeningCancelledError)
  })
})

function correlation(one: Uint8Array, other: Uint8Array): number {
  const centre = 127.5
  let product = 0
  let square = 0
  for (const [position, value] of one.entries()) {
    product += (value - centre) * ((other[position] as number) - centre)
    square += (value - centre) ** 2
  }
  return product / square
}

/** Of each of the 144 pixels over all pictures. */
function statistics(pixels: Uint8Array): { mean: number; deviation: number }[] {
  return Array.from({ length: 144 }, (_, at) => {
    const values = pixels.filter((_value, position) => position % 144 === at)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    return { mean, deviation: Math.sqrt(variance) }
  })
}

/** Mean and deviation of a normal number that is clipped to 0–255, by summing over its distribution. */
function clippedNormal(mean: number, deviation: number): { mean: number; deviation: number } {
  let [weight, first, second] = [0, 0, 0]
  for (let z = -6; z <= 6; z += 0.001) {
    const density = Math.exp(-0.5 * z * z)
    const value = Math.round(Math.min(255, Math.max(0, mean + deviation * z)))
    weight += density
    first += density * value
    second += density * value * value
  }
  return { mean: first / weight, deviation: Math.sqrt(second / weight - (first / weight) ** 2) }
}
