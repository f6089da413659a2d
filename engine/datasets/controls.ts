import { fillWithDraws, normalNumbers } from '../random/normals.ts'
import { randomStream, shuffledIndices } from '../random/stream.ts'
import { type PictureSource, pictureBytes } from './picture-source.ts'
import type { PixelStatistics } from './pixel-statistics.ts'

/**
 * The same source with every picture replaced by uniform noise of the same size: a pure function of (seed, index).
 * Its labels stay, so a network can only learn it by heart.
 */
export function withWhiteNoise(source: PictureSource, seed: number): PictureSource {
  const bytes = pictureBytes(source.image)
  return {
    ...source,
    pixels: {
      kind: 'memory',
      copy(index, target, offset) {
        const random = randomStream(seed, 'whiteNoise', index)
        // Four bytes of each draw: its upper 32 of 53 random bits.
        for (let position = 0; position < bytes; position += 4) {
          const bits = Math.floor(random.uniform() * 2 ** 32)
          const end = Math.min(4, bytes - position)
          for (let byte = 0; byte < end; byte++) target[offset + position + byte] = (bits >>> (8 * byte)) & 0xff
        }
      },
    },
    originOf: (index) => `white noise in place of ${source.originOf(index)}`,
  }
}

/**
 * The same source with every pixel of every picture replaced by normal noise of the mean and standard deviation that this
 * very pixel, position and channel, has in `statistics`: a pure function of (seed, index). Pixels know nothing of each
 * other, so that all shape is gone and only where pictures are bright or vary stays. Rounded and clipped to 0–255, which
 * near black and white pulls mean and deviation a little towards the middle; labels stay.
 */
export function withPixelNoise(
  source: PictureSource,
  { mean, standardDeviation }: PixelStatistics,
  seed: number,
): PictureSource {
  const normals = new Float32Array(pictureBytes(source.image))
  return {
    ...source,
    pixels: {
      kind: 'memory',
      copy(index, target, offset) {
        fillWithDraws(normals, normalNumbers(), randomStream(seed, 'pixelNoise', index))
        for (const [at, normal] of normals.entries()) {
          const value = (mean[at] as number) + (standardDeviation[at] as number) * normal
          target[offset + at] = Math.min(255, Math.max(0, Math.round(value)))
        }
      },
    },
    originOf: (index) => `noise like the data in place of ${source.originOf(index)}`,
  }
}

/** The labels of one split dealt out anew at random, each as often as before (Zhang et al. 2017). */
export function shuffleLabels(labels: Uint16Array, seed: number, split: string): Uint16Array {
  const order = shuffledIndices(labels.length, randomStream(seed, 'shuffledLabels', split))
  return Uint16Array.from(order, (position) => labels[position] as number)
}
