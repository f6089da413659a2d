import { randomStream, shuffledIndices } from '../random/stream.ts'
import { type PictureSource, pictureBytes } from './picture-source.ts'

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

/** The labels of one split dealt out anew at random, each as often as before (Zhang et al. 2017). */
export function shuffleLabels(labels: Uint16Array, seed: number, split: string): Uint16Array {
  const order = shuffledIndices(labels.length, randomStream(seed, 'shuffledLabels', split))
  return Uint16Array.from(order, (position) => labels[position] as number)
}
