import { NOT_A_NUMBER_PIXEL, SIGNED_HALF } from './colour-map.ts'
import type { ColourMap } from './colour-map.ts'
import type { ValueScale } from './value-scale.ts'

/** A window of pixels inside a larger picture: where a tile is written. */
export interface PixelTarget {
  readonly pixels: Uint32Array
  /** Pixels from one row of the picture to the next. */
  readonly stride: number
}

/**
 * Writes one plane of values [height, width] as pixels through a colour map.
 * Signed maps expect a symmetric scale; a scale without extent shows its neutral (or lowest) colour.
 */
export function paintPlane(
  target: PixelTarget,
  at: number,
  values: Float32Array,
  start: number,
  width: number,
  height: number,
  map: ColourMap,
  scale: ValueScale,
): void {
  const { levels } = map
  const { pixels, stride } = target
  const last = levels.length - 1
  const span = scale.to - scale.from
  const isSigned = map.kind === 'signed'
  const zeroLevel = isSigned ? SIGNED_HALF : 0
  const origin = isSigned ? 0 : scale.from
  const factor = span > 0 ? (isSigned ? SIGNED_HALF / scale.to : last / span) : 0
  let index = start
  for (let row = 0; row < height; row++) {
    let pixel = at + row * stride
    for (let column = 0; column < width; column++) {
      const value = values[index++] ?? NaN
      if (value !== value) {
        pixels[pixel++] = NOT_A_NUMBER_PIXEL
        continue
      }
      const level = Math.round((value - origin) * factor) + zeroLevel
      pixels[pixel++] = levels[level < 0 ? 0 : level > last ? last : level] ?? NOT_A_NUMBER_PIXEL
    }
  }
}

/**
 * Writes a kernel with three input channels [3, height, width] as one colour picture: 0 is middle grey and ±limit
 * are the ends of each screen channel.
 */
export function paintComposite(
  target: PixelTarget,
  at: number,
  values: Float32Array,
  start: number,
  width: number,
  height: number,
  scale: ValueScale,
): void {
  const { pixels, stride } = target
  const plane = width * height
  const factor = scale.to > 0 ? 127.5 / scale.to : 0
  const byte = (value: number): number => {
    const level = Math.round(127.5 + value * factor)
    return level < 0 ? 0 : level > 255 ? 255 : level
  }
  for (let row = 0; row < height; row++) {
    let pixel = at + row * stride
    let index = start + row * width
    for (let column = 0; column < width; column++, index++) {
      const red = values[index] ?? NaN
      const green = values[index + plane] ?? NaN
      const blue = values[index + 2 * plane] ?? NaN
      pixels[pixel++] = Number.isNaN(red + green + blue)
        ? NOT_A_NUMBER_PIXEL
        : ((0xff << 24) | (byte(blue) << 16) | (byte(green) << 8) | byte(red)) >>> 0
    }
  }
}
