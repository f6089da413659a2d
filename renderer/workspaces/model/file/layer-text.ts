import type { ModelLayer } from '../../../../engine/protocol/models.ts'
import { formatCompact, formatInteger } from '../../../i18n/format.ts'
import { text } from '../../../i18n/text.ts'

/** '64×3×7×7': filters, channels, height and width of a kernel; '1000×512' for rows of single weights. */
export function shapeOf({ shape: [filters, channels, height, width], operator }: ModelLayer): string {
  const isFlat = !operator.startsWith('Conv') && height === 1 && width === 1
  return isFlat ? `${filters}×${channels}` : `${filters}×${channels}×${height}×${width}`
}

/** '2' where both are equal, '2×1' else; a dash where there is none. */
export function pairOf(pair: readonly [number, number] | undefined): string {
  if (pair === undefined) return '—'
  return pair[0] === pair[1] ? String(pair[0]) : `${pair[0]}×${pair[1]}`
}

/** '3' where all sides are equal, '1×2' for height and width, all four else. */
export function paddingText(padding: readonly [number, number, number, number] | undefined): string {
  if (padding === undefined) return '—'
  const [top, left, bottom, right] = padding
  if (top === bottom && left === right) return pairOf([top, left])
  return padding.join(' ')
}

/** A count that may not be known, in full. */
export function countText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? text('modelFile.table.unknown') : formatInteger(value)
}

/** The same in short. */
export function shortCountText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? text('modelFile.table.unknown') : formatCompact(value)
}

/** Layers whose name or operator holds every word of the query; all for an empty one. */
export function matchingLayers(layers: readonly ModelLayer[], query: string): readonly ModelLayer[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return layers.filter(({ name, operator, weight }) => {
    const text = `${name} ${operator} ${weight}`.toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}
