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
  if (height === 3 && width === 3) {
    return { waves, roughness, meanRoughness: meanOf(roughness), apply: transformThreeByThree }
  }
  return {
    waves,
    roughness,
    meanRoughness: meanOf(roughness),
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

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

const THIRD = Math.sqrt(1 / 3)
const HALF = Math.sqrt(1 / 2)
const SIXTH = Math.sqrt(1 / 6)

/** The same written out for the slices that nearly all networks have: the waves of three are 1 1 1, 1 0 −1 and 1 −2 1. */
function transformThreeByThree(values: ArrayLike<number>, offset: number, target: Values, at: number): number {
  const a = values[offset] as number
  const b = values[offset + 1] as number
  const c = values[offset + 2] as number
  const d = values[offset + 3] as number
  const e = values[offset + 4] as number
  const f = values[offset + 5] as number
  const g = values[offset + 6] as number
  const h = values[offset + 7] as number
  const i = values[offset + 8] as number
  const even0 = a + c
  const odd0 = a - c
  const even1 = d + f
  const odd1 = d - f
  const even2 = g + i
  const odd2 = g - i
  const flat0 = THIRD * (even0 + b)
  const flat1 = THIRD * (even1 + e)
  const flat2 = THIRD * (even2 + h)
  const bent0 = SIXTH * (even0 - 2 * b)
  const bent1 = SIXTH * (even1 - 2 * e)
  const bent2 = SIXTH * (even2 - 2 * h)
  target[at] = THIRD * HALF * (odd0 + odd1 + odd2)
  target[at + 1] = THIRD * (bent0 + bent1 + bent2)
  target[at + 2] = HALF * (flat0 - flat2)
  target[at + 3] = 0.5 * (odd0 - odd2)
  target[at + 4] = HALF * (bent0 - bent2)
  target[at + 5] = SIXTH * (flat0 + flat2 - 2 * flat1)
  target[at + 6] = HALF * SIXTH * (odd0 + odd2 - 2 * odd1)
  target[at + 7] = SIXTH * (bent0 + bent2 - 2 * bent1)
  return THIRD * (flat0 + flat1 + flat2)
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
