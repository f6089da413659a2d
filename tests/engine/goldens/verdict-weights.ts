import type { LayerWeights } from '../../../engine/filters/measures/layer-weights.ts'

/** What make-verdict-goldens.py writes of one tensor. */
export interface VerdictGolden {
  readonly kind: 'noise' | 'waves' | 'gains'
  readonly seed: number
  readonly shape: readonly [number, number, number, number]
  /** How the reference deals the filters into the parts of the family test. */
  readonly order: readonly number[]
  readonly layer: Readonly<Record<string, number>>
  readonly filters: Readonly<Record<string, readonly number[]>>
}

/** The weights of `weights` in make-verdict-goldens.py. */
export function goldenWeights({ kind, seed, shape }: VerdictGolden): LayerWeights {
  const [filters, channels, height, width] = shape
  const values = new Float64Array(filters * channels * height * width)
  let state = seed
  let index = 0
  for (let i = 0; i < filters; i++) {
    for (let j = 0; j < channels; j++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let value = -2
          for (let draw = 0; draw < 4; draw++) {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0
            value += state / 2 ** 32
          }
          if (kind === 'waves') {
            const wave = Math.cos((0.5 + (i % 2)) * x + 0.7 * (i % 4) * y + 0.4 * (j % 3))
            value += ((0.6 * (1 + (i % 3))) / 3) * wave
          }
          if (kind === 'gains') value *= 1 + ((i * 7 + j * 5) % 11)
          values[index++] = value
        }
      }
    }
  }
  return { shape, values }
}
