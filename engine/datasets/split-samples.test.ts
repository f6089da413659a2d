import { describe, expect, it } from 'vitest'
import type { DataProblem } from '../protocol/data.ts'
import { DataError } from './dataset.ts'
import { PictureCache } from './picture-cache.ts'
import { PictureMemory } from './picture-memory.ts'
import type { PictureSource } from './picture-source.ts'
import { splitSamples } from './split-samples.ts'

/** Six pictures of one pixel with the value 10 · index, two classes in turn, decoded from files of which some are gone. */
function decodedSource(gone: ReadonlySet<number>): PictureSource {
  return {
    format: 'folder',
    title: 'pictures',
    classNames: ['even', 'odd'],
    labels: Uint16Array.of(0, 1, 0, 1, 0, 1),
    splitOf: () => 'train',
    given: { validation: false, test: false },
    image: { width: 1, height: 1, channels: 1, fit: 'crop' },
    originalSizes: [],
    problems: [],
    pixels: {
      kind: 'decoded',
      peek: () => undefined,
      decode: (index) =>
        gone.has(index)
          ? Promise.reject(new DataError(`${index}.png is gone.`))
          : Promise.resolve(Uint8Array.of(index * 10)),
    },
    pathOf: (index) => `${index}.png`,
    originOf: (index) => `${index}.png`,
  }
}

describe('splitSamples', () => {
  it('lets the next picture of the class stand in for one that cannot be read, and says so once', async () => {
    const problems: DataProblem[] = []
    // The split leaves picture 2 out, so that it may not stand in either.
    const samples = splitSamples(
      decodedSource(new Set([0])),
      Uint32Array.of(0, 1, 3, 4),
      Uint16Array.of(0, 1, 1, 0),
      (problem) => problems.push(problem),
    )
    const pixels = new Uint8Array(4)
    await samples.read([0, 1, 2, 3], pixels)
    expect([...pixels]).toEqual([40, 10, 30, 40])
    await samples.read([0, 0, 3, 1], pixels)
    expect([...pixels]).toEqual([40, 40, 40, 10])
    expect(problems).toEqual([{ path: '0.png', message: '0.png is gone.' }])
  })

  it('goes round the end to find a stand-in, and fails only where there is none', async () => {
    const indices = Uint32Array.of(0, 1, 2, 3, 4, 5)
    const labels = Uint16Array.of(0, 1, 0, 1, 0, 1)
    const pixels = new Uint8Array(1)
    await splitSamples(decodedSource(new Set([4])), indices, labels, undefined).read([4], pixels)
    expect(pixels[0]).toBe(0)
    await expect(
      splitSamples(decodedSource(new Set([0, 2, 4])), indices, labels, undefined).read([2], pixels),
    ).rejects.toThrow('No picture of class “even” can be read any more: 2.png is gone.')
  })

  it('refuses a position outside of the split', async () => {
    const samples = splitSamples(decodedSource(new Set()), Uint32Array.of(1), Uint16Array.of(1), undefined)
    await expect(samples.read([1], new Uint8Array(1))).rejects.toThrow(RangeError)
  })
})

describe('PictureCache', () => {
  it('keeps pictures up to its budget and decodes the others each time', async () => {
    const decoded: number[] = []
    const memory = new PictureMemory(25)
    const cache = new PictureCache((key: number) => {
      decoded.push(key)
      return Promise.resolve(new Uint8Array(10).fill(key))
    }, memory)
    for (const key of [1, 2, 3, 1, 2, 3]) expect((await cache.get(key))[0]).toBe(key)
    expect(decoded).toEqual([1, 2, 3, 3])
    expect(cache.peek(2)?.[0]).toBe(2)
    expect(cache.peek(3)).toBeUndefined()
    cache.clear()
    expect(cache.peek(2)).toBeUndefined()
    expect([memory.take(25), memory.take(1)]).toEqual([true, false])
  })
})
