/** The range of values a colour map is spread over; a signed one is symmetric so that 0 stays neutral. */
export interface ValueScale {
  readonly from: number
  readonly to: number
}

/** shared: one range for all tiles of a wall, and another for all at birth; own: each tile is spread over its own values. */
export type ScaleMode = 'shared' | 'own'

/** Ten preferred steps per decade (the R10 series), so that a range keeps still while weights drift. */
const PREFERRED = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8, 10] as const

/** The smallest preferred number not below `value` (within float32 rounding); 0 for 0, and for what is not finite. */
export function roundUpToPreferred(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 0
  const decade = Math.pow(10, Math.floor(Math.log10(value)))
  const mantissa = value / decade
  const preferred = PREFERRED.find((step) => step >= mantissa * (1 - 1e-6)) ?? 10
  return Number((preferred * decade).toPrecision(3))
}

/** Largest magnitude among `count` values from `start`, skipping what is not a number. */
export function largestMagnitude(values: Float32Array, start = 0, count = values.length - start): number {
  let largest = 0
  for (let index = start; index < start + count; index++) {
    const magnitude = Math.abs(values[index] ?? 0)
    if (magnitude > largest && magnitude !== Infinity) largest = magnitude
  }
  return largest
}

/** Smallest and largest of `count` values from `start`, skipping what is not finite; both 0 where there is none. */
export function valueRange(values: Float32Array, start = 0, count = values.length - start): ValueScale {
  let from = Infinity
  let to = -Infinity
  for (let index = start; index < start + count; index++) {
    const value = values[index] ?? NaN
    if (!Number.isFinite(value)) continue
    if (value < from) from = value
    if (value > to) to = value
  }
  return from > to ? { from: 0, to: 0 } : { from, to }
}

/** ±limit around 0 that holds every weight, rounded up to a preferred number. */
export function sharedSignedScale(weights: Float32Array): ValueScale {
  const limit = roundUpToPreferred(largestMagnitude(weights))
  return { from: -limit, to: limit }
}

/** From 0 (or the smallest negative value) to the largest, both rounded outwards to preferred numbers. */
export function sharedUnsignedScale(values: Float32Array): ValueScale {
  const range = valueRange(values)
  const from = range.from < 0 ? -roundUpToPreferred(-range.from) : 0
  return { from, to: roundUpToPreferred(Math.max(range.to, 0)) }
}

/** Where a value lies on a scale, 0 to 1, clipped; the middle of an empty scale. */
export function shareOnScale(value: number, scale: ValueScale): number {
  const span = scale.to - scale.from
  if (!(span > 0)) return 0.5
  return Math.min(1, Math.max(0, (value - scale.from) / span))
}

/** A weight or activation as a person reads it: three significant digits, a true minus sign. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞'
  if (value === 0) return '0'
  const magnitude = Math.abs(value)
  const text =
    magnitude >= 1e5 || magnitude < 1e-4
      ? magnitude.toExponential(2)
      : magnitude >= 1000
        ? magnitude.toFixed(0)
        : magnitude.toPrecision(3)
  return value < 0 ? `−${text}` : text
}
