import { describe, expect, it } from 'vitest'
import { smallClassifier } from '../../tests/engine/small-classifier.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Graph, INTERNAL_OPSET, float32Tensor } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { readModel } from '../onnx/read-model.ts'
import { type NetworkSettings, networkSchema } from '../protocol/network.ts'
import { importNetwork } from './import-network.ts'

function settingsWith(changes: object): Extract<NetworkSettings, { kind: 'model' }> {
  const preprocessing = { colourOrder: 'rgb', mean: [0], standardDeviation: [255] }
  const settings = networkSchema.parse({ kind: 'model', path: 'small.onnx', preprocessing, ...changes })
  if (settings.kind !== 'model') throw new Error('These are settings of a model.')
  return settings
}

function importFrom(graph: Graph, changes: object = {}, classes = 2, side = 16) {
  const model = { graph, producerName: '', producerVersion: '', originalOpset: INTERNAL_OPSET, metadata: {} }
  const image = { width: side, height: side, channels: 1 }
  const options = { image, classes, initializer: 'heNormal', seed: 0 } as const
  return importNetwork({ path: 'small.onnx', model, byteLength: 0 }, settingsWith(changes), options)
}

const small = () => readModel(smallClassifier()).graph

/** Scores behind a Relu, with their bias in the convolution or added behind it. */
function convolutionalHead(bias: 'own' | 'added' = 'own'): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: [1, 1, 8, 8] } })
  const weight = (name: string, dims: readonly number[]) =>
    builder.initializer(name, float32Tensor(dims, new Float32Array(dims.reduce((a, b) => a * b)).fill(0.1)))
  const features = builder.op('Relu', [builder.op('Conv', ['x', weight('body.weight', [3, 1, 3, 3])])])
  const kernels = weight('head.weight', [5, 3, 1, 1])
  const scores =
    bias === 'own'
      ? builder.op('Conv', [features, kernels, weight('head.bias', [5])])
      : builder.op('Add', [builder.op('Conv', [features, kernels]), weight('head.bias', [1, 5, 1, 1])])
  const pooled = builder.op('GlobalAveragePool', [builder.op('Relu', [scores])])
  builder.op('Flatten', [builder.op('Softmax', [pooled], { axis: 1 })], {}, { name: 'y' })
  builder.output({ name: 'y', type: { dataType: 'float32', dims: [1, 5] } })
  return builder.build('convolutional')
}

describe('importNetwork', () => {
  it('frees the batch, cuts the softmax and gives the last layer as many classes as there are', () => {
    const { graph, freshValues, targetShapes, layers } = importFrom(small())
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain('Softmax')
    const types = inferShapes(graph)
    expect(types.get('logits')?.dims).toEqual(['batch', 2])
    expect(types.get('conv1')?.dims).toEqual(['batch', 6, 16, 16])
    expect(targetShapes).toEqual(new Map([['flat', [-1, 512]]]))
    expect([...freshValues].map(([name, { dims }]) => [name, dims])).toEqual([
      ['fc.bias', [2]],
      ['fc.weight', [512, 2]],
    ])
    expect(layers.map(({ layer }) => layer.name)).toEqual(['conv1', 'conv2', 'fc'])
  })

  it('draws the same head for the same seed, and keeps one that fits', () => {
    const fresh = () => importFrom(small()).freshValues.get('fc.weight')?.data
    expect(fresh()).toEqual(fresh())
    expect(importFrom(small(), {}, 4).freshValues.size).toBe(0)
    expect(importFrom(small(), { head: 'replace' }, 4).freshValues.size).toBe(2)
    expect(() => importFrom(small(), { head: 'keep' }, 3)).toThrow('tells 4 classes apart and the data set has 3')
  })

  it('replaces a convolution whose maps are pooled', () => {
    const { graph, freshValues } = importFrom(convolutionalHead(), {}, 3, 8)
    expect(freshValues.get('head.weight')?.dims).toEqual([3, 3, 1, 1])
    expect(freshValues.get('head.bias')?.dims).toEqual([3])
    expect(inferShapes(graph).get('logits')?.dims).toEqual(['batch', 3])
  })

  it('does not replace a last layer that shares its values with another', () => {
    const graph = convolutionalHead()
    const nodes = graph.nodes.map((node) => {
      return node.inputs[1] === 'body.weight' ? { ...node, inputs: ['x', 'body.weight', 'head.bias'] } : node
    })
    const initializers = new Map(graph.initializers)
    initializers.set('body.weight', float32Tensor([5, 1, 3, 3], new Float32Array(45)))
    initializers.set('head.weight', float32Tensor([5, 5, 1, 1], new Float32Array(25)))
    const sharing = { ...graph, nodes, initializers }
    expect(() => importFrom(sharing, {}, 3, 8)).toThrow(
      "cannot be replaced for 3 classes: 'head.bias' of its last layer belongs to another part of it as well; only data with 5 classes can train it.",
    )
    expect(importFrom(sharing, {}, 5, 8).layers).toHaveLength(2)
  })

  it('finds its way through constants that are made of one another many times over', () => {
    const graph = convolutionalHead()
    const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] })
    let doubled = builder.initializer('one', float32Tensor([1, 5, 1, 1], new Float32Array(5)))
    for (let turn = 0; turn < 60; turn++) doubled = builder.op('Add', [doubled, doubled], {}, { name: 'doubled' })
    for (const node of graph.nodes) if (node.opType !== 'Softmax' && node.outputs[0] !== 'y') builder.add(node)
    const pooled = graph.nodes.find(({ opType }) => opType === 'GlobalAveragePool')?.outputs[0] ?? ''
    builder.op('Flatten', [builder.op('Add', [pooled, doubled])], {}, { name: 'y' })
    builder.output({ name: 'y', type: undefined })
    expect(importFrom(builder.build('many paths'), {}, 5, 8).parameters.length).toBeGreaterThan(2)
  })

  it('draws scores that pass a Relu small and well above 0, where each has a gradient', () => {
    const { freshValues } = importFrom(convolutionalHead(), {}, 3, 8)
    const values = (name: string) => [...(freshValues.get(name)?.data as Float32Array)]
    expect(values('head.bias')).toEqual([5, 5, 5])
    // A tenth of what He's variance would be, 2 / 3.
    expect(Math.max(...values('head.weight').map(Math.abs))).toBeLessThan(0.3)
    expect([...(importFrom(small()).freshValues.get('fc.bias')?.data as Float32Array)]).toEqual([0, 0])
  })

  it('lifts such scores once, where the bias is added behind the layer', () => {
    const { freshValues } = importFrom(convolutionalHead('added'), {}, 3, 8)
    expect([...(freshValues.get('head.bias')?.data as Float32Array)]).toEqual([5, 5, 5])
  })

  it('lets the body learn a tenth as fast as the head, layers as told, and frozen ones not at all', () => {
    const changes = { frozen: ['conv1'], learningRateFactors: { conv2: 0.5 } }
    const factors = importFrom(small(), changes).parameters.map((one) => [one.name, one.learningRateFactor])
    expect(factors).toEqual([
      ['conv2.weight', 0.5],
      ['conv2.bias', 0.5],
      ['fc.weight', 1],
      ['fc.bias', 1],
    ])
    const body = importFrom(small()).parameters.filter(({ layer }) => layer === 'conv1')
    // The normalisation behind a layer belongs to it.
    expect(body.map(({ name }) => name)).toEqual(['conv1.weight', 'conv1.bias', 'bn1.weight', 'bn1.bias'])
    expect(body.every(({ learningRateFactor }) => learningRateFactor === 0.1)).toBe(true)
  })

  it('calls nothing by a name that the training graph uses', () => {
    const { graph, fileNames } = importFrom(small())
    expect(graph.nodes.flatMap(({ outputs }) => outputs)).not.toContain('loss')
    expect(fileNames.get('model:loss')).toBe('loss')
  })

  it('refuses names of no layer, pictures of another size, and nothing left to learn', () => {
    expect(() => importFrom(small(), { frozen: ['conv9'] })).toThrow(
      'has no layer "conv9"; its layers are conv1, conv2, fc',
    )
    expect(() => importFrom(small(), {}, 2, 20)).toThrow(
      'takes pictures of 16×16×1, but those of the data set are 20×20×1',
    )
    expect(() => importFrom(small(), { frozen: ['conv1', 'conv2', 'fc'] })).toThrow(
      'Every layer of the model is frozen',
    )
  })

  it('names every node that no gradient passes at once, and where to freeze', () => {
    const graph = small()
    const without = (opType: string) => ({
      ...graph,
      nodes: graph.nodes.map((node) => (node.opType === 'Relu' ? { ...node, opType } : node)),
    })
    expect(() => importFrom(without('Sin'))).toThrow(/Sin "Relu" .*Sin "Relu_2" .*freeze everything up to "conv2"/)
    expect(() => importFrom(without('Ceil'))).toThrow('do not change smoothly with the weights of "conv1", "conv2"')
    expect(importFrom(without('Sin'), { frozen: ['conv1', 'conv2'] }).parameters).toHaveLength(2)
  })
})
