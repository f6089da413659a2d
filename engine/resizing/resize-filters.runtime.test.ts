import { describe, expect, it } from 'vitest'
import { ResizedNetwork, relativeDifference } from '../../tests/engine/resized-network.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Graph, elementCount, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { randomStream } from '../random/stream.ts'

class Network extends GraphBuilder {
  #count = 0

  weights(...dims: number[]): string {
    const name = `w${++this.#count}`
    const stream = randomStream(5, name)
    const values = Float32Array.from({ length: elementCount(dims) }, () => 0.2 + 0.5 * stream.normal())
    return this.initializer(name, float32Tensor(dims, values))
  }

  positive(size: number): string {
    const name = `w${++this.#count}`
    return this.initializer(
      name,
      float32Tensor(
        [size],
        Float32Array.from({ length: size }, (_, at) => 0.5 + at / size),
      ),
    )
  }

  conv(input: string, out: number, channels: number, attributes = {}): string {
    const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], ...attributes }
    return this.op('Conv', [input, this.weights(out, channels, 3, 3), this.weights(out)], same)
  }

  normalized(input: string, channels: number): string {
    const [scale, shift, mean] = [this.weights(channels), this.weights(channels), this.weights(channels)]
    return this.op('BatchNormalization', [input, scale, shift, mean, this.positive(channels)])
  }
}

/** A network from [N,3,6,6] to [N,4]; `build` makes of six maps of 6×6 what gives the scores. */
function network(build: (builder: Network, maps: string) => string): Graph {
  const builder = new Network()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: ['N', 3, 6, 6] } })
  const scores = build(builder, builder.conv('x', 6, 3))
  builder.op('Identity', [scores], {}, { name: 'scores' })
  builder.output({ name: 'scores', type: { dataType: 'float32', dims: ['N', 4] } })
  return builder.build('network')
}

function classify(builder: Network, maps: string, channels: number): string {
  const pooled = builder.op('GlobalAveragePool', [maps])
  const flat = builder.op('Flatten', [pooled], { axis: 1 })
  return builder.op('Gemm', [flat, builder.weights(4, channels), builder.weights(4)], { transB: 1 })
}

/** What lies between a convolution of six filters and the scores. */
const shapes: Readonly<Record<string, (builder: Network, maps: string) => string>> = {
  'another convolution': (builder, maps) => classify(builder, builder.conv(builder.op('Relu', [maps]), 5, 6), 5),
  'a normalisation, an activation that gives more than zero for zero, and pooling'(builder, maps) {
    const active = builder.op('Sigmoid', [builder.normalized(maps, 6)])
    const pooled = builder.op('MaxPool', [active], { kernel_shape: [2, 2], strides: [2, 2] })
    return classify(builder, builder.conv(pooled, 5, 6), 5)
  },
  'slopes of its own, and a scale and a shift behind them'(builder, maps) {
    const bent = builder.op('PRelu', [maps, builder.weights(6, 1, 1)])
    const scaled = builder.op('Mul', [builder.weights(1, 6, 1, 1), bent])
    return classify(builder, builder.conv(builder.op('Sub', [scaled, builder.weights(6, 1, 1)]), 5, 6), 5)
  },
  'a depthwise convolution that gives two maps for each'(builder, maps) {
    const deep = builder.conv(builder.op('Relu', [maps]), 12, 1, { group: 6 })
    return classify(builder, builder.conv(builder.normalized(deep, 12), 5, 12), 5)
  },
  'a join with other maps before and behind'(builder, maps) {
    const [before, behind] = [builder.conv('x', 2, 3), builder.conv('x', 3, 3)]
    const all = builder.op('Concat', [before, builder.op('Relu', [maps]), behind], { axis: 1 })
    return classify(builder, builder.conv(builder.normalized(all, 11), 5, 11), 5)
  },
  'a join with itself'(builder, maps) {
    const all = builder.op('Concat', [builder.op('Relu', [maps]), builder.op('Neg', [maps])], { axis: -3 })
    return classify(builder, builder.conv(all, 5, 12), 5)
  },
  'a sum with what was made of the same filters'(builder, maps) {
    const sum = builder.op('Add', [builder.op('Tanh', [maps]), builder.op('Relu', [maps])])
    return classify(builder, builder.conv(sum, 5, 6), 5)
  },
  'a transposed convolution': (builder, maps) =>
    classify(builder, builder.op('ConvTranspose', [maps, builder.weights(6, 5, 2, 2)], { strides: [2, 2] }), 5),
  'a fully connected layer behind flattened maps'(builder, maps) {
    const pooled = builder.op('MaxPool', [maps], { kernel_shape: [2, 2], strides: [2, 2] })
    const flat = builder.op('Flatten', [pooled], { axis: 1 })
    return builder.op('Gemm', [flat, builder.weights(4, 54)], { transB: 1 })
  },
  'a product behind maps reshaped to a constant shape, channels last'(builder, maps) {
    const turned = builder.op('Transpose', [builder.op('Relu', [maps])], { perm: [0, 2, 3, 1] })
    const flat = builder.op('Reshape', [turned, builder.constant('shape', int64Tensor([2], [-1, 216]))])
    return builder.op('MatMul', [flat, builder.weights(216, 4)])
  },
  'a shape that is computed of the maps'(builder, maps) {
    const batch = builder.op('Gather', [builder.op('Shape', [maps]), builder.ints([0])])
    const shape = builder.op('Concat', [batch, builder.ints([216])], { axis: 0 })
    return builder.op('MatMul', [builder.op('Reshape', [maps, shape]), builder.weights(216, 4)])
  },
  'weights that are arranged first'(builder, maps) {
    const flat = builder.op('Flatten', [maps], { axis: 1 })
    const weight = builder.op('Reshape', [builder.weights(6, 36, 4), builder.ints([216, 4])])
    return builder.op('MatMul', [flat, weight])
  },
  'constants that another layer has too'(builder, maps) {
    const shared = builder.weights(6)
    const one = builder.op('BatchNormalization', [maps, shared, shared, shared, builder.positive(6)])
    const other = builder.conv('x', 6, 3)
    const two = builder.op('BatchNormalization', [other, shared, shared, shared, builder.positive(6)])
    return classify(builder, builder.op('Concat', [one, two], { axis: 1 }), 12)
  },
  'means over each map': (builder, maps) =>
    builder.op('MatMul', [
      builder.op('ReduceMean', [builder.op('Relu', [maps]), builder.ints([2, 3])], { keepdims: 0 }),
      builder.weights(6, 4),
    ]),
  'gates that it opens itself'(builder, maps) {
    const gates = builder.op('Sigmoid', [builder.op('Conv', [maps, builder.weights(1, 6, 1, 1)])])
    return classify(builder, builder.conv(builder.op('Mul', [maps, gates]), 5, 6), 5)
  },
}

const all = [0, 1, 2, 3, 4, 5]

describe.each(Object.entries(shapes))('a convolution before %s', (_, build) => {
  const built = new ResizedNetwork(network(build))
  // Some networks compute other layers first.
  const layer = built.layers.find(({ node }) => node.outputs[0] === 'Conv')!

  it('computes with fewer filters what it does with these masked', async () => {
    const kept = [0, 2, 3]
    const resized = built.resize(layer, { kept, added: 0 })
    const shrunk = await built.whole(resized)
    expect(relativeDifference(await built.masked(layer, kept), shrunk)).toBeLessThan(1e-5)
    expect(relativeDifference(await built.whole(), shrunk)).toBeGreaterThan(1e-3)
    expect(new ResizedNetwork(resized).layers.find(({ node }) => node.outputs[0] === 'Conv')?.shape[0]).toBe(3)
  })

  it('computes with more filters what it did, and the same again without them', async () => {
    const grown = built.resize(layer, { kept: all, added: 2 })
    expect(relativeDifference(await built.whole(), await built.whole(grown))).toBeLessThan(1e-6)
    const larger = new ResizedNetwork(grown)
    const again = larger.resize(
      larger.layers.find(({ node }) => node.outputs[0] === 'Conv')!,
      { kept: all, added: 0 },
    )
    expect(relativeDifference(await built.whole(), await built.whole(again))).toBeLessThan(1e-6)
  })
})

// Of 206 filters with a fan-in of 27: fan-out is 206 · 9.
const variances = { heNormal: 2 / 27, heUniform: 2 / 27, glorotNormal: 2 / 1881, glorotUniform: 2 / 1881 } as const
const initializers = Object.keys(variances) as (keyof typeof variances)[]

it.each(initializers)('draws new filters as large as a layer of all of them does, by %s', (initializer) => {
  const built = new ResizedNetwork(network(shapes['another convolution']!))
  const grown = built.resize(built.layers[0]!, { kept: all, added: 200 }, initializer)
  const drawn = (grown.initializers.get('w1')!.data as Float32Array).subarray(6 * 27)
  const variance = drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length
  expect(drawn).toHaveLength(200 * 27)
  expect(variance).toBeGreaterThan(0.9 * variances[initializer])
  expect(variance).toBeLessThan(1.1 * variances[initializer])
})

describe('what stands in the way', () => {
  const refusal = (build: (builder: Network, maps: string) => string, at = 0) => {
    const built = new ResizedNetwork(network(build))
    return () => built.resize(built.layers[at]!, { kept: [0, 1], added: 0 })
  }

  it('is a sum with other maps, by name', () => {
    const sum = refusal((builder, maps) => {
      const other = builder.conv('x', 6, 3)
      return classify(builder, builder.op('Add', [maps, other], {}, { name: 'residual' }), 6)
    })
    expect(sum).toThrow("'residual' (Add) adds them to as many maps of another branch")
  })

  it('is a layer in groups, on either side', () => {
    const grouped = (builder: Network, maps: string) => classify(builder, builder.conv(maps, 4, 3, { group: 2 }), 4)
    expect(refusal(grouped)).toThrow('works in 2 groups of channels')
    expect(refusal(grouped, 1)).toThrow('works in 2 groups, each of which')
  })

  it('is a depthwise layer itself', () => {
    const deep = (builder: Network, maps: string) => classify(builder, builder.conv(maps, 6, 1, { group: 6 }), 6)
    expect(refusal(deep, 1)).toThrow('filters every channel that it is given by itself')
  })

  it('is a choice among the filters', () => {
    const soft = (builder: Network, maps: string) => classify(builder, builder.op('Softmax', [maps], { axis: 1 }), 6)
    expect(refusal(soft)).toThrow('weighs all filters against each other')
  })

  it('is that the filters are the classes', () => {
    expect(refusal((builder, maps) => classify(builder, maps, 6), 1)).toThrow("themselves the output 'scores'")
  })

  it('is a wish for filters that are not there', () => {
    const built = new ResizedNetwork(network(shapes['another convolution']!))
    for (const kept of [[1, 0], [0, 0], [6], []]) {
      expect(() => built.resize(built.layers[0]!, { kept, added: 0 })).toThrow('The layer has the filters 0 to 5')
    }
  })
})
