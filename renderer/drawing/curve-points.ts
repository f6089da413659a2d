/** A point of a plotted curve. */
export interface CurvePoint {
  readonly x: number
  readonly y: number
}

/**
 * Exponential moving average without the pull towards 0 at the start (the bias correction of Adam, Kingma and Ba 2015);
 * `weight` 0 leaves the values as they are, near 1 smooths most. What is not finite is passed over.
 */
export function smoothValues(values: Float32Array, weight: number): Float32Array {
  if (weight <= 0) return values
  const smoothed = new Float32Array(values.length)
  let average = 0
  let mass = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN
    if (Number.isFinite(value)) {
      average = weight * average + (1 - weight) * value
      mass = weight * mass + (1 - weight)
    }
    smoothed[index] = mass > 0 ? average / mass : NaN
  }
  return smoothed
}

/**
 * The points between two indices (to is excluded), at most about two per bucket: the lowest and the highest of each, in
 * their order, so that no spike is lost however long the run.
 */
export function decimate(
  steps: Float64Array,
  values: Float32Array,
  from: number,
  to: number,
  buckets: number,
): CurvePoint[] {
  const point = (index: number): CurvePoint => ({ x: steps[index] ?? 0, y: values[index] ?? NaN })
  const count = to - from
  if (count <= 2 * buckets) return Array.from({ length: Math.max(0, count) }, (_, index) => point(from + index))
  const points: CurvePoint[] = [point(from)]
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = from + Math.floor((bucket * count) / buckets)
    const end = from + Math.floor(((bucket + 1) * count) / buckets)
    let lowest = start
    let highest = start
    for (let index = start + 1; index < end; index++) {
      const value = values[index] ?? NaN
      // A value that is not a number compares false and so never hides a real one.
      if (value < (values[lowest] ?? NaN) || Number.isNaN(values[lowest])) lowest = index
      if (value > (values[highest] ?? NaN) || Number.isNaN(values[highest])) highest = index
    }
    const first = Math.min(lowest, highest)
    const second = Math.max(lowest, highest)
    if (first > from) points.push(point(first))
    if (second !== first) points.push(point(second))
  }
  if (points.at(-1)?.x !== steps[to - 1]) points.push(point(to - 1))
  return points
}
