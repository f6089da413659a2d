import { describe, expect, it } from 'vitest'
import { drawMixture } from './augmentation/mixup.ts'
import { createBatchSource, readBatchBeginning } from './batches.ts'
import type { Samples } from './dataset.ts'
import { epochOrder } from './sample-order.ts'

/** Pictures of two pixels that both hold the position, labelled position mod 3. */
function numberedSamples(count: number, isDecoded: boolean, log: number[] = []): Samples {
  const readNow = (indices: ArrayLike<number>, target: Uint8Array) => {
    for (let i = 0; i < indices.length; i++) {
      log.push(indices[i] as number)
      target.fill(indices[i] as number, 2 * i, 2 * i + 2)
    }
  }
  return {
    count,
    labels: Uint16Array.from({ length: count }, (_, index) => index % 3),
    pictureBytes: 2,
    readNow: isDecoded ? undefined : readNow,
    read: async (indices, target) => {
      await Promise.resolve()
      readNow(indices, target)
    },
    originOf: String,
  }
}

const options = { batchSize: 4, stepsPerEpoch: 5, seed: 7 }

describe.each([false, true])('createBatchSource, decoded: %s', (isDecoded) => {
  it('gives the pictures of an epoch in its order, each once', async () => {
    const source = createBatchSource(numberedSamples(22, isDecoded), options)
    const { pixels, labels, indices } = await source.take(5, 5)
    const order = epochOrder(7, 1, 22).subarray(0, 20)
    expect(indices).toEqual(order)
    expect(new Set(indices).size).toBe(20)
    expect([...pixels]).toEqual([...order].flatMap((index) => [index, index]))
    expect([...labels]).toEqual([...order].map((index) => BigInt(index % 3)))
  })

  it('gives the same for a step however the steps are taken', async () => {
    const whole = await createBatchSource(numberedSamples(22, isDecoded), options).take(3, 4)
    const source = createBatchSource(numberedSamples(22, isDecoded), options)
    await source.take(40, 3)
    const parts = [await source.take(3, 1), await source.take(4, 2), await source.take(6, 1)]
    expect(Buffer.concat(parts.map((part) => part.pixels))).toEqual(Buffer.from(whole.pixels))
    expect(parts.flatMap((part) => [...part.labels])).toEqual([...whole.labels])
    expect((await source.take(3, 1)).pixels).toEqual(parts[0]?.pixels)
  })

  it('changes each picture by its step and its position in the batch, however the steps are taken', async () => {
    const augment = (pixels: Uint8Array, step: number, position: number) => pixels.set([10 * step + position])
    const changing = { ...options, augment }
    const whole = await createBatchSource(numberedSamples(22, isDecoded), changing).take(3, 4)
    expect([...whole.pixels].filter((_, at) => at % 2 === 0)).toEqual(
      [3, 4, 5, 6].flatMap((step) => [0, 1, 2, 3].map((position) => 10 * step + position)),
    )
    // The other of the two pixels of a picture still tells which one it is.
    expect([...whole.pixels].filter((_, at) => at % 2 === 1)).toEqual([...whole.indices])
    const source = createBatchSource(numberedSamples(22, isDecoded), changing)
    const parts = [await source.take(3, 1), await source.take(4, 2), await source.take(6, 1)]
    expect(Buffer.concat(parts.map((part) => part.pixels))).toEqual(Buffer.from(whole.pixels))
    expect((await source.take(3, 1)).pixels).toEqual(parts[0]?.pixels)
  })

  it('mixes pictures and classes with others of their batch, however the steps are taken', async () => {
    const augment = (pixels: Uint8Array, step: number, position: number) => pixels.set([10 * step + position])
    const mixing = { ...options, augment, mixup: 0.5 }
    const whole = await createBatchSource(numberedSamples(22, isDecoded), mixing).take(3, 4)
    const plain = await createBatchSource(numberedSamples(22, isDecoded), { ...options, augment }).take(3, 4)
    expect(whole.labels).toEqual(plain.labels)
    for (let step = 0; step < 4; step++) {
      const { partners, shares } = drawMixture(0.5, 7, 3 + step, 4)
      for (const [position, partner] of partners.entries()) {
        const [own, other] = [4 * step + position, 4 * step + partner]
        const share = shares[position] as number
        expect(whole.mixed?.shares[own]).toBe(share)
        expect(whole.mixed?.labels[own]).toBe(plain.labels[other])
        for (const pixel of [0, 1]) {
          const mixed = share * plain.pixels[2 * own + pixel]! + (1 - share) * plain.pixels[2 * other + pixel]!
          expect(Math.abs(whole.pixels[2 * own + pixel]! - mixed)).toBeLessThanOrEqual(0.501)
        }
      }
    }
    const source = createBatchSource(numberedSamples(22, isDecoded), mixing)
    const parts = [await source.take(3, 1), await source.take(4, 2), await source.take(6, 1)]
    expect(Buffer.concat(parts.map((part) => part.pixels))).toEqual(Buffer.from(whole.pixels))
    expect(parts.flatMap((part) => [...(part.mixed?.labels ?? [])])).toEqual([...(whole.mixed?.labels ?? [])])
    expect(parts.flatMap((part) => [...(part.mixed?.shares ?? [])])).toEqual([...(whole.mixed?.shares ?? [])])
  })

  it.each([false, true])('shows the beginning of a batch as it is given, balanced: %s', async (isBalanced) => {
    const augment = (pixels: Uint8Array, step: number, position: number) => pixels.set([10 * step + position])
    const wanted = { ...options, augment, isBalanced }
    const samples = numberedSamples(22, isDecoded)
    const whole = await createBatchSource(samples, wanted).take(7, 1)
    const { pixels, originals, indices } = await readBatchBeginning(samples, wanted, 7, 3)
    expect(pixels).toEqual(whole.pixels.slice(0, 6))
    expect(indices).toEqual(whole.indices.slice(0, 3))
    expect([...originals]).toEqual([...indices].flatMap((index) => [index, index]))
    expect((await readBatchBeginning(samples, wanted, 7, 99)).indices).toEqual(whole.indices)
    const mixing = { ...wanted, mixup: 1 }
    const mixed = await createBatchSource(samples, mixing).take(7, 1)
    const beginning = await readBatchBeginning(samples, mixing, 7, 3)
    expect(beginning.pixels).toEqual(mixed.pixels.slice(0, 6))
    expect(beginning.mixed?.shares).toEqual(mixed.mixed?.shares.slice(0, 3))
    const others = Array.from(beginning.mixed?.indices ?? [], (index) => BigInt(samples.labels[index] as number))
    expect(others).toEqual([...(mixed.mixed?.labels.slice(0, 3) ?? [])])
  })
})

describe('createBatchSource', () => {
  it('asks for the pictures of the steps ahead before they are wanted, and for none twice', async () => {
    const log: number[] = []
    const source = createBatchSource(numberedSamples(22, true, log), options)
    await source.take(0, 2)
    await new Promise(setImmediate)
    expect(log).toEqual([...epochOrder(7, 0, 22).subarray(0, 16)])
    await source.take(2, 2)
    expect(log.slice(0, 16)).toEqual([...epochOrder(7, 0, 22).subarray(0, 16)])
  })

  it('reports an unreadable picture to whoever takes its step, not before', async () => {
    const bad = epochOrder(7, 0, 22)[5] as number
    const samples = numberedSamples(22, true)
    const source = createBatchSource(
      {
        ...samples,
        read: (indices, target) =>
          Array.from(indices).includes(bad) ? Promise.reject(new Error('gone')) : samples.read(indices, target),
      },
      options,
    )
    await source.take(0, 1)
    await new Promise(setImmediate)
    await expect(source.take(1, 1)).rejects.toThrow('gone')
  })
})
