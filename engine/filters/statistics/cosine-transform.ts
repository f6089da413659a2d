import type { Values } from './inner-product.ts'

/** The waves of a [height, width] slice in the order of the orthonormal DCT-II, flat wave first, then row by row. */
export interface CosineTransform {
  /** height · width − 1: the coefficients that are left without the flat wave. */
  readonly waves: number
  /** Of every wave but the flat one: the sum of squared differences between neighbouring weights, per unit energy. */
  readonly roughness: Float64Array
  readonly meanRoughness: number
  /** Writes the coefficients of the slice at `values[offset]` without the flat one, and returns the flat one. */
  apply(values: ArrayLike<number>, offset: number, target: Values, targetOffset: number): number
}

const known = new Map<string, CosineTransform>()

export function cosineTransform(height: number, width: number): CosineTransform {
  const key = `${height}x${width}`
  const transform = known.get(key) ?? createTransform(height, width)
  known.set(key, transform)
  return transform
}

function createTransform(height: number, width: number): CosineTransform {
  const rows = cosineMatrix(height)
  const columns = cosineMatrix(width)
  const waves = height * width - 1
  const roughness = new Float64Array(waves)
  for (let wave = 1; wave <= waves; wave++) {
    roughness[wave - 1] = frequency(Math.floor(wave / width), height) + frequency(wave % width, width)
  }
  const half = new Float64Array(height * width)
  return {
    waves,
    roughness,
    meanRoughness: roughness.reduce((sum, value) => sum + value, 0) / Math.max(1, waves),
    apply(values, offset, target, targetOffset) {
      multiplyRows(values, offset, columns, half, height, width)
      let flat = 0
      for (let u = 0; u < height; u++) {
        for (let v = 0; v < width; v++) {
          let sum = 0
          for (let y = 0; y < height; y++) {
            sum += (rows[u * height + y] as number) * (half[y * width + v] as number)
          }
          if (u + v === 0) flat = sum
          else target[targetOffset + u * width + v - 1] = sum
        }
      }
      return flat
    },
  }
}

/** half[y, v] = Σx values[y, x] · columns[v, x] */
function multiplyRows(
  values: ArrayLike<number>,
  offset: number,
  columns: Float64Array,
  half: Float64Array,
  height: number,
  width: number,
): void {
  for (let y = 0; y < height; y++) {
    for (let v = 0; v < width; v++) {
      let sum = 0
      for (let x = 0; x < width; x++) {
        sum += (values[offset + y * width + x] as number) * (columns[v * width + x] as number)
      }
      half[y * width + v] = sum
    }
  }
}

/** Row u holds the wave of frequency u, of length 1. */
function cosineMatrix(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, index) => {
    const u = Math.floor(index / size)
    const scale = Math.sqrt((u === 0 ? 1 : 2) / size)
    return scale * Math.cos((Math.PI * (2 * (index % size) + 1) * u) / (2 * size))
  })
}

/** The squared differences of neighbours along a wave of frequency u and unit energy. */
function frequency(u: number, size: number): number {
  return 4 * Math.sin((Math.PI * u) / (2 * size)) ** 2
}
