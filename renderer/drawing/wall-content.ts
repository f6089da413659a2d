import type { ColourMap } from './colour-map.ts'
import { largestMagnitude, valueRange } from './value-scale.ts'
import type { ScaleMode, ValueScale } from './value-scale.ts'
import { paintComposite, paintPlane } from './tile-pixels.ts'
import type { PixelTarget } from './tile-pixels.ts'

/** What a wall shows: planes [filters, channels, height, width] of now and, where there is one, of birth. */
export interface WallContent {
  /** The filter (or map) shown at each position. */
  readonly order: Uint32Array
  readonly channels: number
  readonly kernelWidth: number
  readonly kernelHeight: number
  readonly now: Float32Array
  readonly birth?: Float32Array | undefined
  /** Shows three channels as one colour picture. */
  readonly isComposite: boolean
  readonly map: ColourMap
  readonly scaleMode: ScaleMode
  /** The range for all tiles of now; used while the scale is shared. */
  readonly sharedScale: ValueScale
  /**
   * The same for all tiles of birth: weights that have shrunk since would hardly show on the scale of those before.
   * Left out where there is no birth.
   */
  readonly sharedBirthScale?: ValueScale | undefined
}

export type TilePart = 'now' | 'birth'

/** The range a filter's own tiles are spread over, as it is now or as it was born. */
export function ownScale(content: WallContent, part: TilePart, filter: number): ValueScale {
  const length = content.channels * content.kernelWidth * content.kernelHeight
  const start = filter * length
  const values = (part === 'birth' ? content.birth : undefined) ?? content.now
  if (content.map.kind === 'unsigned') {
    const { from, to } = valueRange(values, start, length)
    return { from: Math.min(0, from), to: Math.max(0, to) }
  }
  const limit = largestMagnitude(values, start, length)
  return { from: -limit, to: limit }
}

export function scaleOfFilter(content: WallContent, part: TilePart, filter: number): ValueScale {
  if (content.scaleMode === 'own') return ownScale(content, part, filter)
  return (part === 'birth' ? content.sharedBirthScale : undefined) ?? content.sharedScale
}

/** Writes one tile, one screen pixel per weight. */
export function paintTile(
  target: PixelTarget,
  at: number,
  content: WallContent,
  part: TilePart,
  filter: number,
  channel: number,
  scale: ValueScale,
): void {
  const values = part === 'now' ? content.now : content.birth
  if (values === undefined) return
  const { kernelWidth, kernelHeight, channels } = content
  const plane = kernelWidth * kernelHeight
  const start = (filter * channels + channel) * plane
  if (content.isComposite) paintComposite(target, at, values, start, kernelWidth, kernelHeight, scale)
  else paintPlane(target, at, values, start, kernelWidth, kernelHeight, content.map, scale)
}
