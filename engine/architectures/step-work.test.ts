import { expect, it } from 'vitest'
import type { InputShape, Layer } from '../protocol/architecture.ts'
import { describeArchitecture } from './describe-architecture.ts'
import { presets } from './presets/presets.ts'
import { stepWork } from './step-work.ts'

const input: InputShape = { channels: 3, height: 8, width: 8, classes: 10 }

function workOf(...layers: Layer[]) {
  const architecture = { name: 'test', layers }
  return stepWork(architecture, describeArchitecture(architecture, input), input)
}

function conv(name: string, filters: number, kernel: 1 | 3, more: Partial<Layer> = {}): Layer {
  const padding = (kernel - 1) / 2
  const window = { kernel: [kernel, kernel], stride: [1, 1], padding: [padding, padding] } satisfies Partial<Layer>
  return { kind: 'conv', name, filters, ...window, bias: false, ...more } as Layer
}

it('sorts the layers of a small network by what their time depends on', () => {
  const work = workOf(
    conv('stem', 16, 1),
    conv('conv', 16, 3),
    { kind: 'batchNorm', name: 'norm' },
    { kind: 'relu', name: 'relu' },
    conv('depthwise', 16, 3, { groups: 16 }),
    { kind: 'add', name: 'add', from: ['relu', 'depthwise'] },
    { kind: 'maxPool', name: 'pool', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'globalAveragePool', name: 'average' },
    { kind: 'fullyConnected', name: 'scores', units: 'classes' },
  )
  const values = 16 * 8 * 8
  expect(work).toEqual({
    pointwiseConv: 3 * values,
    fewChannelConv: 9 * 16 * values,
    manyChannelConv: 0,
    depthwiseConv: 9 * values,
    fullyConnected: 160,
    normalized: values,
    // relu, the two of add, and the quarter that the global pool reads.
    elementwise: values + 2 * values + values / 4,
    pooled: values,
    parameters: 3 * 16 + 9 * 16 * 16 + 32 + 9 * 16 + 170,
    layers: 9,
  })
})

it('counts a convolution the more as one of many channels the more it reads', () => {
  const shares = [8, 16, 32, 64, 128, 256].map((channels) => {
    const { fewChannelConv, manyChannelConv } = workOf(conv('stem', channels, 1), conv('conv', 4, 3))
    expect(fewChannelConv + manyChannelConv).toBeCloseTo(9 * channels * 4 * 8 * 8)
    return manyChannelConv / (fewChannelConv + manyChannelConv)
  })
  expect(shares[0]).toBe(0)
  expect(shares[1]).toBe(0)
  // (1/16 − 1/32) / (1/16 − 1/128) = 4/7
  expect(shares[2]).toBeCloseTo(4 / 7)
  expect(shares[3]).toBeCloseTo(6 / 7)
  expect(shares[4]).toBe(1)
  expect(shares[5]).toBe(1)
})

it.each(presets)('leaves out no multiply-add of $architecture.name', ({ architecture, input: pictures }) => {
  const description = describeArchitecture(architecture, pictures)
  const work = stepWork(architecture, description, pictures)
  const { fewChannelConv, manyChannelConv, pointwiseConv, depthwiseConv, fullyConnected } = work
  const sum = fewChannelConv + manyChannelConv + pointwiseConv + depthwiseConv + fullyConnected
  expect(sum / description.multiplyAdds).toBeCloseTo(1, 9)
  expect(work.parameters).toBe(description.parameters)
})
