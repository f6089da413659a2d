import { requireAffordable } from './affordable.ts'

/** How Resize reads one axis. */
export interface ResizedAxis {
  readonly inputSize: number
  readonly outputSize: number
  /** outputSize / inputSize, or what the node states in its place. */
  readonly scale: number
  readonly mode: 'nearest' | 'linear'
  readonly coordinates: string
  readonly nearestMode: string
}

/**
 * The matrix M [outputSize, inputSize] in row-major order that a Resize multiplies one axis with: Y = M X along it.
 * Coordinates are computed in single precision, as the runtime has them, so that nearest mode rounds alike.
 */
export function interpolationMatrix(axis: ResizedAxis): Float32Array {
  const { inputSize, outputSize } = axis
  requireAffordable(outputSize * inputSize)
  const matrix = new Float32Array(outputSize * inputSize)
  const add = (row: number, column: number, weight: number) => {
    const place = row * inputSize + column
    matrix[place] = (matrix[place] ?? 0) + weight
  }
  for (let row = 0; row < outputSize; row++) {
    const position = axis.scale === 1 ? row : sourceOf(row, axis)
    if (axis.mode === 'nearest') {
      add(row, clamp(rounded(position, axis.nearestMode), inputSize), 1)
    } else {
      const inside = Math.min(Math.max(position, 0), inputSize - 1)
      const before = Math.floor(inside)
      const weight = Math.fround(inside - before)
      add(row, before, 1 - weight)
      add(row, clamp(before + 1, inputSize), weight)
    }
  }
  return matrix
}

/** Where in the input element `position` of the output lies, by the node's coordinate_transformation_mode. */
function sourceOf(position: number, { inputSize, outputSize, scale, coordinates }: ResizedAxis): number {
  const single = Math.fround
  switch (coordinates) {
    case 'asymmetric':
      return single(position / scale)
    case 'align_corners':
      return outputSize === 1 ? 0 : single((position * (inputSize - 1)) / (outputSize - 1))
    case 'pytorch_half_pixel':
      return outputSize === 1 ? 0 : single(single((position + 0.5) / scale) - 0.5)
    default:
      return single(single((position + 0.5) / scale) - 0.5)
  }
}

function rounded(position: number, mode: string): number {
  switch (mode) {
    case 'floor':
      return Math.floor(position)
    case 'ceil':
      return Math.ceil(position)
    case 'round_prefer_ceil':
      return Math.floor(position + 0.5)
    default:
      return Math.ceil(position - 0.5)
  }
}

function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1)
}
