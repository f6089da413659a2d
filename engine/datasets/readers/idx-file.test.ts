import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, OpeningCancelledError } from '../dataset.ts'
import { looksLikeIdx, readIdx } from './idx-file.ts'
import { hasSharedData, idxBytes, inTemporaryFolder, sharedData } from '../test-data.ts'

const pictures = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
  .chain(([count, height, width]) =>
    fc
      .uint8Array({ minLength: count * height * width, maxLength: count * height * width })
      .map((data) => ({ dims: [count, height, width], data })),
  )

describe('readIdx', () => {
  it('gives back what was written, plain and gzipped', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures')
      await fc.assert(
        fc.asyncProperty(pictures, fc.boolean(), async ({ dims, data }, gzipped) => {
          const bytes = idxBytes(dims, data)
          await writeFile(path, gzipped ? gzipSync(bytes) : bytes)
          const read = await readIdx(path, 3)
          expect(read.dims).toEqual(dims)
          expect(Buffer.compare(read.data, data)).toBe(0)
        }),
        { numRuns: 40, seed: 1 },
      )
    })
  })

  it('refuses a file that is cut short at any byte', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures')
      const data = Uint8Array.from({ length: 2 * 3 * 4 }, (_, index) => (index * 37) % 256)
      const plain = idxBytes([2, 3, 4], data)
      const gzipped = gzipSync(plain)
      for (const whole of [plain, gzipped]) {
        for (let length = 0; length < whole.length; length++) {
          await writeFile(path, whole.subarray(0, length))
          await expect(readIdx(path, 3), `${length} of ${whole.length} bytes`).rejects.toThrow(DataError)
        }
      }
    })
  })

  it('never crashes on a damaged byte: it reads the file or says what is wrong', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures')
      const whole = gzipSync(idxBytes([2, 3, 4], new Uint8Array(24).fill(9)))
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (position, change) => {
          const damaged = Uint8Array.from(whole)
          damaged[position] = (damaged[position] as number) ^ change
          await writeFile(path, damaged)
          await readIdx(path, 3).catch((error: unknown) => expect(error).toBeInstanceOf(DataError))
        }),
        { numRuns: 60, seed: 2 },
      )
    })
  })

  it('refuses a file that holds more than its header claims, without unpacking the rest', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures')
      await writeFile(path, gzipSync(idxBytes([1, 2, 2], new Uint8Array(50_000_000))))
      await expect(readIdx(path, 3)).rejects.toThrow(/its header says 1×2×2 bytes, but the file holds more/)
    })
  })

  it('refuses dimensions of 0', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures')
      await writeFile(path, idxBytes([0, 28, 28], new Uint8Array()))
      await expect(readIdx(path, 3)).rejects.toThrow(/0×28×28 bytes, so it is empty/)
    })
  })

  it('stops when it is cancelled', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures')
      await writeFile(path, idxBytes([2, 2, 2], new Uint8Array(8)))
      const signal = AbortSignal.abort()
      await expect(readIdx(path, 3, { signal })).rejects.toThrow(OpeningCancelledError)
    })
  })

  it('tells IDX files by their content', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'whatever')
      await writeFile(path, gzipSync(idxBytes([1, 2, 2], new Uint8Array(4))))
      expect(await looksLikeIdx(path)).toBe(3)
      await writeFile(path, idxBytes([4], new Uint8Array(4)))
      expect(await looksLikeIdx(path)).toBe(1)
      await writeFile(path, 'some text')
      expect(await looksLikeIdx(path)).toBeUndefined()
    })
  })
})

describe.skipIf(!hasSharedData)('readIdx on damaged files (needs the shared data)', () => {
  const malformed = (name: string) => readIdx(join(sharedData, 'malformed/datasets', name), 3)

  it('names the wrong magic number', async () => {
    await expect(malformed('wrong-magic-idx3-ubyte.gz')).rejects.toThrow(
      /begins with the magic number 0x00000807 instead of 0x00000803/,
    )
  })
  it('refuses a count that the file cannot hold before it reserves memory for it', async () => {
    await expect(malformed('count-too-large-idx3-ubyte.gz')).rejects.toThrow(
      /its header says 2147483647×28×28 bytes, which its 8440 bytes on disk cannot hold/,
    )
  })
  it('says how much of a cut file is there', async () => {
    await expect(malformed('t10k-images-truncated.gz')).rejects.toThrow(
      /its header says 10000×28×28 bytes, but it ends early, after 524474 of them/,
    )
  })
})
