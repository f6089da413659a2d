import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { INTERNAL_OPSET, type Tensor, elementCount, float32Tensor } from '../onnx/graph.ts'
import { describeModel } from './describe-model.ts'

function counted(...dims: number[]): Tensor {
  return float32Tensor(
    dims,
    Float32Array.from({ length: elementCount(dims) }, (_, index) => index),
  )
}

function begin(dims: readonly (number | string)[]) {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims } })
  return builder
}

function describeGraph(builder: GraphBuilder, metadata: Record<string, string> = {}) {
  const graph = builder.build('test')
  const model = { graph, producerName: '', producerVersion: '', originalOpset: INTERNAL_OPSET, metadata }
  return describeModel({ path: '/nowhere/test.onnx', model, byteLength: 0 })
}

const output = (builder: GraphBuilder, name: string) => builder.output({ name, type: undefined })

/** A convolution, its scores, and what `last` makes of them. */
function classifier(last: (builder: GraphBuilder, scores: string) => string, metadata = {}) {
  const builder = begin(['n', 3, 8, 8])
  const conv = builder.op('Conv', ['x', builder.initializer('features.0.weight', counted(2, 3, 8, 8))])
  const flat = builder.op('Flatten', [builder.op('Relu', [conv])])
  const weight = builder.initializer('classifier.weight', counted(3, 2))
  output(builder, last(builder, builder.op('Gemm', [flat, weight], { transB: 1 })))
  return describeGraph(builder, metadata)
}

describe('what a model gives', () => {
  it.each([
    ['logits', (_: GraphBuilder, scores: string) => scores],
    ['probabilities', (b: GraphBuilder, scores: string) => b.op('Softmax', [scores], { axis: 1 })],
    ['logProbabilities', (b: GraphBuilder, scores: string) => b.op('LogSoftmax', [scores], { axis: 1 })],
    ['logProbabilities', (b: GraphBuilder, scores: string) => b.op('Log', [b.op('Softmax', [scores])])],
    ['probabilities', (b: GraphBuilder, scores: string) => b.op('Identity', [b.op('Softmax', [scores])])],
  ] as const)('%s', (kind, last) => {
    const { summary } = classifier(last)
    expect(summary.output).toMatchObject({ kind, classes: 3 })
    expect(summary.head).toEqual({ layer: 'classifier', form: 'gemm' })
  })

  it('names of classes as a list, by index, as Python writes them, or in lines; none where their number differs', () => {
    const named = (classes: string) => classifier((_, scores) => scores, { classes }).summary.classNames
    const names = ['cat', "dog's", 'cow']
    expect(named(JSON.stringify(names))).toEqual(names)
    expect(named('{"2": "cow", "0": "cat", "1": "dog\'s"}')).toEqual(names)
    expect(named(`{0: 'cat', 1: "dog's", 2: 'cow'}`)).toEqual(names)
    expect(named("cat\ndog's\ncow\n")).toEqual(names)
    expect(named('cat,cow')).toBeUndefined()
  })
})

describe('how pictures are prepared', () => {
  it('is told by metadata, of pixels of 0–1 in units of 0–255', () => {
    const metadata = { mean: '(0.485, 0.456, 0.406)', std: '[0.229, 0.224, 0.225]' }
    const { preprocessing } = classifier((_, scores) => scores, metadata).summary
    expect(preprocessing?.colourOrder).toBe('rgb')
    expect(preprocessing?.mean[0]).toBeCloseTo(123.675, 3)
    expect(preprocessing?.standardDeviation[2]).toBeCloseTo(57.375, 3)
  })

  it('is told by the keys of the ONNX documentation', () => {
    const metadata = { 'Image.NominalPixelRange': 'Normalized_0_1', 'Image.BitmapPixelFormat': 'Bgr8' }
    const { preprocessing } = classifier((_, scores) => scores, metadata).summary
    expect(preprocessing).toEqual({ colourOrder: 'bgr', mean: [0, 0, 0], standardDeviation: [255, 255, 255] })
  })

  it('follows from a normalisation at the head of the graph', () => {
    const normalized = (values: readonly number[], scale: number) => {
      const builder = begin(['n', 3, 8, 8])
      const mean = builder.initializer('mean', float32Tensor([1, 3, 1, 1], Float32Array.from(values)))
      const scaled = builder.op('Mul', [builder.op('Sub', ['x', mean]), builder.scalar(scale)])
      output(builder, builder.op('Conv', [scaled, builder.initializer('w', counted(2, 3, 3, 3))]))
      return describeGraph(builder).summary.preprocessing
    }
    expect(normalized([0.485, 0.456, 0.406], 1 / 0.225)).toMatchObject({ standardDeviation: [255, 255, 255] })
    expect(normalized([123.7, 116.8, 103.9], 1 / 58)).toMatchObject({ standardDeviation: [1, 1, 1] })
    expect(normalized([103.939, 116.779, 123.68], 1)).toMatchObject({ colourOrder: 'bgr' })
    expect(normalized([5, 5, 5], 3)).toBeUndefined()
  })
})

describe('layers', () => {
  it('have names that a person knows', () => {
    const builder = begin(['n', 1, 8, 8])
    const named = [
      'model.layer1.0.conv1.weight',
      'StatefulPartitionedCall/net/conv2d/Conv2D/ReadVariableOp:0',
      'onnx::Conv_17',
    ]
    let value = 'x'
    for (const name of named)
      value = builder.op(
        'Conv',
        [value, builder.initializer(name, counted(1, 1, 1, 1))],
        {},
        { name: '/stem/stem.0/conv/Conv' },
      )
    output(builder, value)
    expect(describeGraph(builder).summary.layers.map(({ name }) => name)).toEqual([
      'model.layer1.0.conv1',
      'net/conv2d',
      'stem.0.conv',
    ])
  })

  it('in the bodies of control flow are listed with their filters, and with why they are not trained', () => {
    const body = new GraphBuilder()
    const inner = body.op('Conv', ['features', body.initializer('branch.weight', counted(2, 2, 1, 1))])
    body.output({ name: inner, type: undefined })
    const other = new GraphBuilder()
    other.output({ name: other.op('Conv', ['features', 'outer.weight'], {}, { name: 'else' }), type: undefined })
    const builder = begin(['n', 1, 8, 8])
    builder.initializer('outer.weight', counted(2, 2, 1, 1))
    builder.op('Conv', ['x', builder.initializer('stem.weight', counted(2, 1, 3, 3))], {}, { name: 'features' })
    const isDark = builder.op('Less', [builder.op('ReduceMean', ['features'], { keepdims: 0 }), builder.scalar(0)])
    const bodies = {
      then_branch: { kind: 'graph' as const, value: body.build('then') },
      else_branch: { kind: 'graph' as const, value: other.build('else') },
    }
    const chosen = builder.op('If', [isDark], bodies, { name: 'chosen' })
    output(builder, builder.op('Conv', [chosen, builder.initializer('last.weight', counted(1, 2, 6, 6))]))
    const model = describeGraph(builder)
    const { layers, nodes } = model.summary
    expect(layers.map(({ name, body: within, trainable }) => [name, within, trainable])).toEqual([
      ['stem', undefined, false],
      ['branch', "'chosen' (If)", false],
      ['outer', "'chosen' (If)", false],
      ['last', undefined, true],
    ])
    expect(layers[1]?.whyNot).toBe(
      "It is in a body of 'chosen' (If), which decides while it runs what is computed; no gradient passes into that.",
    )
    expect(nodes.some(({ id }) => id === layers[1]?.nodeId)).toBe(true)
    expect([...(model.kernels('branch')?.data ?? [])]).toEqual([0, 1, 2, 3])
    expect(model.kernels('outer')?.dims).toEqual([2, 2, 1, 1])
  })
})

describe('awkward models', () => {
  it('without filters are described without any', () => {
    const builder = begin(['n', 4])
    output(builder, builder.op('Softmax', ['x'], { axis: 1 }))
    const { layers, training, parameters } = describeGraph(builder).summary
    expect({ layers, parameters, possible: training.possible }).toEqual({ layers: [], parameters: 0, possible: false })
  })

  it('whose sizes are all open keep their filters; what cannot be counted is left out', () => {
    const builder = begin(['a', 'b', 'c', 'd'])
    output(builder, builder.op('Conv', ['x', builder.initializer('w.weight', counted(4, 3, 3, 3))]))
    const { layers, image, multiplyAdds } = describeGraph(builder).summary
    expect(layers[0]).toMatchObject({ name: 'w', shape: [4, 3, 3, 3], parameters: 108, trainable: true })
    expect(image).toEqual({ name: 'x', layout: 'nchw', channels: 3 })
    expect(multiplyAdds).toBeUndefined()
  })

  it('with operators of other domains are opened; the operator is named as what no gradient passes', () => {
    const builder = begin(['n', 1, 4, 4])
    const first = builder.op('Conv', ['x', builder.initializer('first.weight', counted(1, 1, 1, 1))])
    builder.add({ opType: 'Foo', domain: 'my.own', name: 'foo', inputs: [first], outputs: ['strange'], attributes: {} })
    output(builder, builder.op('Conv', ['strange', builder.initializer('last.weight', counted(1, 1, 1, 1))]))
    const { training, layers } = describeGraph(builder).summary
    expect(training.obstacles[0]).toMatchObject({ node: 'strange', operator: 'Foo' })
    expect(training.obstacles[0]?.reason).toMatch(/^'foo' \(Foo\) of the domain my\.own has no gradient rule; /)
    expect(layers.map(({ name }) => name)).toEqual(['first', 'last'])
    expect(layers[0]?.whyNot).toContain("'foo' (Foo)")
  })

  it('that are quantised say each reason once, however many nodes have it', () => {
    const builder = begin(['n', 1, 8, 8])
    const scale = builder.scalar(0.1)
    let value = 'x'
    for (let layer = 0; layer < 5; layer++) {
      const rounded = builder.op('QuantizeLinear', [value, scale])
      const bytes: Tensor = { dataType: 'uint8', dims: [1, 1, 1, 1], data: Uint8Array.of(3) }
      const weight = builder.op('DequantizeLinear', [builder.initializer(`conv${layer}.weight`, bytes), scale])
      value = builder.op('Conv', [builder.op('DequantizeLinear', [rounded, scale]), weight])
    }
    output(builder, value)
    const { training, layers } = describeGraph(builder).summary
    expect(training.possible).toBe(false)
    expect(training.obstacles.map(({ others }) => others?.length)).toEqual([4, 4])
    expect(training.obstacles[0]?.reason).toBe(
      "'Conv' (Conv), like 4 other nodes, has weights stored as uint8, which cannot change bit by bit; open the model from before it was quantised.",
    )
    expect(new Set(layers.map(({ whyNot }) => whyNot)).size).toBe(1)
  })
})
