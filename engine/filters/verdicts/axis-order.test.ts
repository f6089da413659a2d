import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'
import { NullLibrary } from '../nulls/null-library.ts'
import { findOtherAxisOrder, readAsChannelsLast } from './axis-order.ts'
import { judgeLayer } from './judge-layer.ts'

const nulls = new NullLibrary()

async function orderOf(layer: LayerWeights) {
  return findOtherAxisOrder(layer, await judgeLayer(layer, { nulls }), { nulls })
}

/** Ramps over height and width of other strengths in every slice, with noise: smooth, as trained filters are. */
function ramps(shape: LayerWeights['shape'], noise: number): LayerWeights {
  const stream = randomStream('ramps', ...shape)
  const [filters, channels, height, width] = shape
  const values = new Float32Array(filters * channels * height * width)
  let index = 0
  for (let slice = 0; slice < filters * channels; slice++) {
    const [down, across] = [stream.normal(), stream.normal()]
    for (let place = 0; place < height * width; place++) {
      values[index++] = down * Math.floor(place / width) + across * (place % width) + noise * stream.normal()
    }
  }
  return { shape, values }
}

/** The numbers of `layer`, [F, C, kH, kW], laid out as [kH, kW, C, F]. */
function channelsLast({ shape, values }: LayerWeights): LayerWeights {
  const [filters, channels, height, width] = shape
  const area = height * width
  const result = new Float32Array(values.length)
  values.forEach((value: number, index: number) => {
    const slice = Math.floor(index / area)
    result[((index % area) * channels + (slice % channels)) * filters + Math.floor(slice / channels)] = value
  })
  return { shape, values: result }
}

describe('findOtherAxisOrder', () => {
  const layer = ramps([16, 8, 3, 3], 0.2)

  it('tells weights that lie channels last', async () => {
    const misread = channelsLast(layer)
    expect(readAsChannelsLast(misread)).toEqual(layer.values)
    expect(await orderOf(misread)).toBe('HWIO')
  })

  it('says nothing of a layer in its right order, structured, half structured or random', async () => {
    for (const noise of [0.2, 1.5, 3, 100]) expect(await orderOf(ramps([16, 8, 3, 3], noise))).toBeUndefined()
  })
})
