import type { FloatTensor } from './runs.ts'

/**
 * Kernels as they travel while a run trains, in half the bytes: a weight of filter f is codes × scales[f], off by at most
 * 1/65,534 of the filter's largest weight, which no picture of it can show. Zeros stay, and no weight changes its sign.
 * Kept steps and exports hold the weights themselves.
 */
export interface PackedWeights {
  /** [F, C, kH, kW] */
  readonly dims: readonly number[]
  readonly codes: Int16Array
  /** F numbers; NaN for a filter with a weight that is not finite. */
  readonly scales: Float64Array
}

/** The kernels of one layer of a running run at one step. */
export interface LiveFilterFrame {
  readonly layer: string
  readonly step: number
  readonly weights: PackedWeights
}

const LARGEST_CODE = 32_767

/** Kernels [F, C, kH, kW]. */
export function packWeights({ dims, data }: FloatTensor): PackedWeights {
  const scales = new Float64Array(dims[0] ?? 0)
  const codes = new Int16Array(data.length)
  const size = data.length / scales.length
  for (let filter = 0; filter < scales.length; filter++) {
    const start = filter * size
    scales[filter] = largestMagnitude(data, start, start + size) / LARGEST_CODE
    const scale = scales[filter] as number
    // A filter of zeros keeps its codes of 0, and one that is not finite shows as NaN by its scale.
    if (!(scale > 0 && scale < Infinity)) continue
    for (let index = start; index < start + size; index++) {
      const code = (data[index] as number) / scale
      // An Int16Array cuts the fraction off.
      codes[index] = code < 0 ? code - 0.5 : code + 0.5
    }
  }
  return { dims, codes, scales }
}

/** NaN where one of the numbers is not finite. */
function largestMagnitude(data: Float32Array, start: number, end: number): number {
  let largest = 0
  // Infinity times zero is NaN, and so is NaN: one sum finds both without a test in the loop.
  let spoiler = 0
  for (let index = start; index < end; index++) {
    const value = data[index] as number
    spoiler += value * 0
    const magnitude = value < 0 ? -value : value
    if (magnitude > largest) largest = magnitude
  }
  return largest + spoiler
}

export function unpackWeights({ dims, codes, scales }: PackedWeights): FloatTensor {
  const data = new Float32Array(codes.length)
  const size = codes.length / scales.length
  for (let filter = 0; filter < scales.length; filter++) {
    const scale = scales[filter] as number
    for (let index = filter * size; index < (filter + 1) * size; index++) data[index] = (codes[index] as number) * scale
  }
  return { dims, data }
}
