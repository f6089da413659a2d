import type { LayerWeights } from '../../../engine/filters/measures/layer-weights.ts'
import { type RandomStream, randomStream } from '../../../engine/random/stream.ts'

export type Shape = LayerWeights['shape']

export const initialisations = ['normal', 'uniform', 'truncated normal', 'orthogonal'] as const
export type Initialisation = (typeof initialisations)[number]

/** Random weights of [F, C, kH, kW] as networks are born with; the same for the same key. */
export function randomLayer(
  shape: Shape,
  initialisation: Initialisation,
  ...key: readonly (string | number)[]
): LayerWeights {
  const stream = randomStream('layer', initialisation, ...shape, ...key)
  const size = sizeOf(shape)
  const values = Float32Array.from({ length: size }, () => drawWeight(initialisation, stream))
  return { shape, values: initialisation === 'orthogonal' ? orthonormal(values, shape[0]) : values }
}

function drawWeight(initialisation: Initialisation, stream: RandomStream): number {
  if (initialisation === 'uniform') return 2 * stream.uniform() - 1
  for (;;) {
    const value = stream.normal()
    if (initialisation !== 'truncated normal' || Math.abs(value) < 2) return value
  }
}

/** Rows, or where there are more rows than columns, columns that are orthonormal (Gram and Schmidt). */
function orthonormal(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows]
  const at = (vector: number, k: number) => (rows <= columns ? vector * columns + k : k * columns + vector)
  const result = Float64Array.from(values)
  for (let vector = 0; vector < count; vector++) {
    for (let other = 0; other < vector; other++) {
      let along = 0
      for (let k = 0; k < length; k++) along += result[at(vector, k)]! * result[at(other, k)]!
      for (let k = 0; k < length; k++) result[at(vector, k)]! -= along * result[at(other, k)]!
    }
    let square = 0
    for (let k = 0; k < length; k++) square += result[at(vector, k)]! ** 2
    for (let k = 0; k < length; k++) result[at(vector, k)]! /= Math.sqrt(square)
  }
  return Float32Array.from(result)
}

/** What happens to random weights without any data: none of it may pass for structure. */
export const disturbances = {
  'channel and filter gains': gains((stream, [filters, channels]) => {
    const ofChannel = Float64Array.from({ length: channels }, () => Math.exp(stream.normal()))
    const ofFilter = Float64Array.from({ length: filters }, () => Math.exp(stream.normal()))
    return (filter, channel) => ofFilter[filter]! * ofChannel[channel]!
  }),
  'slice gains': gains((stream) => () => Math.exp(stream.normal())),
  // Each filter reads one of three sets of channels and hardly the others, as filters of networks for pictures do.
  'channels read in sets': gains((stream, [filters]) => {
    const ofFilter = Float64Array.from({ length: filters }, () => stream.integer(3))
    return (filter, channel) => (channel % 3 === ofFilter[filter] ? 1 : 0.1)
  }),
  'scale of 0.001': gains(() => () => 1e-3),
  'folded batch normalisation': gains((stream, [filters]) => {
    const ofFilter = Float64Array.from(
      { length: filters },
      () => (0.2 + 2 * stream.uniform()) * (stream.uniform() < 0.5 ? -1 : 1),
    )
    return (filter) => ofFilter[filter]!
  }),
  'drift along a mean': (layer: LayerWeights, stream: RandomStream): LayerWeights => {
    const [filters, channels, height, width] = layer.shape
    const mean = Float64Array.from({ length: channels }, () => Math.abs(stream.normal()))
    const along = Float64Array.from({ length: filters }, () => stream.normal())
    const area = height * width
    return mapped(layer, (value, index) => {
      const slice = Math.floor(index / area)
      return value + along[Math.floor(slice / channels)]! * mean[slice % channels]!
    })
  },
  'rounded to float16': (layer: LayerWeights): LayerWeights => mapped(layer, (value) => roundToBits(value, 11)),
  'rounded to uint8': (layer: LayerWeights): LayerWeights => {
    const largest = Float64Array.from(layer.values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    return mapped(layer, (value) => (Math.round((127 * value) / largest) * largest) / 127)
  },
} as const satisfies Record<string, (layer: LayerWeights, stream: RandomStream) => LayerWeights>
export type Disturbance = keyof typeof disturbances

export function disturbed(
  layer: LayerWeights,
  disturbance: Disturbance,
  ...key: readonly (string | number)[]
): LayerWeights {
  return disturbances[disturbance](layer, randomStream(disturbance, ...layer.shape, ...key))
}

type GainOf = (filter: number, channel: number) => number

function gains(create: (stream: RandomStream, shape: Shape) => GainOf) {
  return (layer: LayerWeights, stream: RandomStream): LayerWeights => {
    const [, channels, height, width] = layer.shape
    const gainOf = create(stream, layer.shape)
    const area = height * width
    const gainsOfSlices = Float64Array.from({ length: layer.shape[0] * channels }, (_, slice) =>
      gainOf(Math.floor(slice / channels), slice % channels),
    )
    return mapped(layer, (value, index) => value * gainsOfSlices[Math.floor(index / area)]!)
  }
}

function mapped({ shape, values }: LayerWeights, change: (value: number, index: number) => number): LayerWeights {
  return { shape, values: Float32Array.from(values, change) }
}

/** `value` with that many binary digits. */
function roundToBits(value: number, bits: number): number {
  if (value === 0) return 0
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1)
  return Math.round(value / unit) * unit
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size)
}
