import type { PixelValues } from '../../../protocol/data.ts'
import { type NpyType, npyTypeName } from '../../../numpy/npy-header.ts'

/** Resampling overshoots a little; so much beyond 0–1 is cut off. */
const SLACK = 1e-3

export interface ValueRange {
  readonly least: number
  readonly largest: number
}

/**
 * Which values of an array are black and white, by its type and by what it holds:
 * bool, and integers of only 0 and 1: 0 and 1; integers from 0 to 255: 0 and 255; int8: −128 and 127; uint16 beyond 255:
 * 0 and 65535; floats from 0 to 1: 0 and 1; from −1 to 1: −1 and 1; from 0 to 255: 0 and 255.
 * undefined where its values are none of these.
 */
export function pixelValues(type: NpyType, { least, largest }: ValueRange): PixelValues | undefined {
  const from = (black: number, white: number) => ({ dataType: npyTypeName(type), black, white })
  if (!Number.isFinite(least) || !Number.isFinite(largest)) return undefined
  if (type.kind === 'f') {
    if (least >= -SLACK && largest <= 1 + SLACK) return from(0, 1)
    if (least >= -1 - SLACK && largest <= 1 + SLACK) return from(-1, 1)
    return least >= -SLACK && largest <= 255 + SLACK ? from(0, 255) : undefined
  }
  if (type.kind === 'b') return from(0, 1)
  if (type.kind === 'i' && type.itemBytes === 1 && least < 0) return from(-128, 127)
  if (least < 0) return undefined
  if (largest <= 1) return from(0, 1)
  if (largest <= 255) return from(0, 255)
  return type.kind === 'u' && type.itemBytes === 2 ? from(0, 65535) : undefined
}
