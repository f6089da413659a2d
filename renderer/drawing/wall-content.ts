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
  /** The range for all tiles; used while the scale is shared. */
  readonly sharedScale: ValueScale
}

/** The range a filter's own tiles are spread over; now and birth together, so that the two stay comparable. */
export function ownScale(content: WallContent, filter: number): ValueScale {
  const length = content.channels * content.kernelWidth * content.kernelHeight
  const start = filter * length
  if (content.map.kind === 'unsigned') {
    const { from, to } = valueRange(content.now, start, length)
    return { from: Math.min(0, from), to: Math.max(0, to) }
  }
  const limit = Math.max(
    largestMagnitude(content.now, start, length),
    content.birth === undefined ? 0 : largestMagnitude(content.birth, start, length),
  )
  return { from: -limit, to: limit }
}

export function scaleOfFilter(content: WallContent, filter: number): ValueScale {
  return content.scaleMode === 'own' ? ownScale(content, filter) : content.sharedScale
}

/** Writes one tile, one screen pixel per weight. */
export function paintTile(
  target: PixelTarget,
  at: number,
  content: WallContent,
  part: 'now' | 'birth',
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
