import { resizePixels } from '../datasets/picture-file.ts'
import type { DataSummary } from '../protocol/data.ts'

/** Larger pictures are shown smaller: nobody sees more in a wall of them. */
const LONG_SIDE = 128

/** The size pictures of a data set are shown at. */
export function shownSize({ width, height }: DataSummary['image']): {
  readonly width: number
  readonly height: number
} {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Pictures of a data set, uint8 [count, H, W, C], at the size they are shown at. */
export async function shrinkPictures(pixels: Uint8Array, image: DataSummary['image']): Promise<Uint8Array> {
  const { width, height } = shownSize(image)
  if (width === image.width && height === image.height) return pixels
  const bytes = image.width * image.height * image.channels
  const shrink = (_: unknown, index: number) =>
    resizePixels(pixels.subarray(index * bytes, (index + 1) * bytes), image, {
      width,
      height,
      channels: image.channels,
      fit: 'stretch',
    })
  const small = await Promise.all(Array.from({ length: pixels.length / bytes }, shrink))
  return Buffer.concat(small)
}
