/** How a filter stands to the noise it was born as. */
export interface KernelMeasures {
  /** Euclidean norm of all its weights. */
  readonly norm: number
  readonly birthNorm: number
  /** ‖w − w₀‖ / ‖w₀‖; NaN where the birth is unknown or all 0. */
  readonly moved: number
  /** 1 − cos of the angle between w and w₀: 0 same direction, 1 at a right angle, 2 opposite; NaN where one is all 0. */
  readonly turned: number
}

/** Measures of `count` weights from `start` in both tensors. */
export function measureKernel(
  now: Float32Array,
  birth: Float32Array | undefined,
  start: number,
  count: number,
): KernelMeasures {
  let square = 0
  let birthSquare = 0
  let product = 0
  let differenceSquare = 0
  for (let index = start; index < start + count; index++) {
    const weight = now[index] ?? NaN
    const born = birth?.[index] ?? 0
    square += weight * weight
    birthSquare += born * born
    product += weight * born
    differenceSquare += (weight - born) * (weight - born)
  }
  const isComparable = birth !== undefined && birthSquare > 0
  return {
    norm: Math.sqrt(square),
    birthNorm: Math.sqrt(birthSquare),
    moved: isComparable ? Math.sqrt(differenceSquare / birthSquare) : NaN,
    turned: isComparable && square > 0 ? 1 - product / Math.sqrt(square * birthSquare) : NaN,
  }
}

/** What a wall shows of a filter: its weights w, or its change w − w₀ since birth. */
export type FilterQuantity = 'kernel' | 'change'

/** w − w₀, weight by weight. */
export function changeSince(now: Float32Array, birth: Float32Array): Float32Array {
  return now.map((weight, index) => weight - (birth[index] ?? NaN))
}

/** response: by how they respond to pictures, verdict: by what they are called; neither is told by the weights alone. */
export type FilterSort = 'index' | 'moved' | 'norm' | 'response' | 'verdict'

/** Filters in the order they are shown: by index upwards, else by the measure downwards; equals keep their index order. */
export function sortFilters(
  sort: Exclude<FilterSort, 'response' | 'verdict'>,
  now: Float32Array,
  birth: Float32Array | undefined,
  count: number,
): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  if (sort === 'index' || count === 0) return order
  const length = now.length / count
  const keys = Float64Array.from(order, (filter) => {
    const key = measureKernel(now, birth, filter * length, length)[sort]
    return Number.isNaN(key) ? -Infinity : key
  })
  return order.sort((one, other) => {
    const difference = (keys[other] ?? 0) - (keys[one] ?? 0)
    return Number.isNaN(difference) || difference === 0 ? one - other : difference
  })
}
