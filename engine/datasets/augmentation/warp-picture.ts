import type { AffineMap } from './affine.ts'

export interface PictureSize {
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** Places are counted in 1/65,536 of a pixel: whole numbers are quicker, and a map to whole pixels stays exact. */
const PLACE_BITS = 16
const ONE = 1 << PLACE_BITS

/**
 * Fills `target` with what `map` takes from `source`, both uint8 [H,W,C], by bilinear interpolation. Beyond its border
 * the picture goes on with its outermost pixels: any one colour there would be an edge that filters learn.
 */
export function warpPicture(source: Uint8Array, target: Uint8Array, size: PictureSize, map: AffineMap): void {
  const { width, height, channels } = size
  const [a, b, c, d, e, f] = map
  const [stepX, stepY] = [Math.round(a * ONE), Math.round(d * ONE)]
  const [lastX, lastY] = [(width - 1) << PLACE_BITS, (height - 1) << PLACE_BITS]
  const rowLength = width * channels
  let at = 0
  for (let y = 0; y < height; y++) {
    let placeX = Math.round((b * y + c) * ONE)
    let placeY = Math.round((e * y + f) * ONE)
    for (let x = 0; x < width; x++) {
      const fromX = placeX < 0 ? 0 : placeX > lastX ? lastX : placeX
      const fromY = placeY < 0 ? 0 : placeY > lastY ? lastY : placeY
      placeX += stepX
      placeY += stepY
      const shareX = (fromX >> 8) & 255
      const shareY = (fromY >> 8) & 255
      let from = (fromY >> PLACE_BITS) * rowLength + (fromX >> PLACE_BITS) * channels
      const end = from + channels
      if ((shareX | shareY) === 0) {
        while (from < end) target[at++] = source[from++] as number
        continue
      }
      const right = fromX < lastX ? channels : 0
      const down = fromY < lastY ? rowLength : 0
      for (; from < end; from++) {
        const left = source[from] as number
        const top = (left << 8) + ((source[from + right] as number) - left) * shareX
        const leftBelow = source[from + down] as number
        const bottom = (leftBelow << 8) + ((source[from + down + right] as number) - leftBelow) * shareX
        target[at++] = ((top << 8) + (bottom - top) * shareY + 0x8000) >> 16
      }
    }
  }
}
