import type { ImageSize } from '../protocol/settings.ts'
import { PictureCache } from './picture-cache.ts'
import type { PictureMemory } from './picture-memory.ts'
import { resizePixels } from './picture-file.ts'
import { type PictureSource, pictureBytes } from './picture-source.ts'

/** A source held in memory with its pictures brought to another size, one by one when they are wanted. */
export function resizedSource(source: PictureSource, image: ImageSize, memory: PictureMemory): PictureSource {
  const { pixels, image: from } = source
  if (pixels.kind !== 'memory') return source
  const isSameSize = from.width === image.width && from.height === image.height && from.channels === image.channels
  if (isSameSize) return { ...source, image }
  const cache = new PictureCache((index: number) => {
    const original = new Uint8Array(pictureBytes(from))
    pixels.copy(index, original, 0)
    return resizePixels(original, from, image)
  }, memory)
  return {
    ...source,
    image,
    pixels: { kind: 'decoded', peek: (index) => cache.peek(index), decode: (index) => cache.get(index) },
  }
}
