import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type Graph, float32Tensor } from '../../engine/onnx/graph.ts'
import { emitLoss } from '../../engine/training/loss.ts'

/** One line a node: its outputs, operator, inputs and attributes. */
function listing(graph: Graph): string {
  const lines = graph.nodes.map((node) => {
    const attributes = Object.entries(node.attributes).map(([name, { value }]) => ` ${name}=${JSON.stringify(value)}`)
    return `${node.name}: ${node.outputs.join(', ')} = ${node.opType}(${node.inputs.join(', ')})${attributes.join('')}`
  })
  return `${lines.join('\n')}\n`
}

function smallNetwork(): Graph {
  const builder = new GraphBuilder()
  const weight = (name: string, dims: readonly number[]) => builder.input({ name, type: { dataType: 'float32', dims } })
  builder.input({ name: 'image', type: { dataType: 'float32', dims: [8, 3, 12, 12] } })
  builder.input({ name: 'labels', type: { dataType: 'int64', dims: [8] } })
  const convWeights = [weight('conv1.weight', [6, 3, 3, 3]), weight('conv1.bias', [6])]
  builder.op('Conv', ['image', ...convWeights], { pads: [1, 1, 1, 1] }, { name: 'conv1' })
  const statistics = ['mean', 'variance'].map((name, value) =>
    builder.constant(`norm.${name}`, float32Tensor([6], new Float32Array(6).fill(value))),
  )
  const normInputs = ['conv1', weight('norm.scale', [6]), weight('norm.bias', [6]), ...statistics]
  const training = { training_mode: 1, momentum: { kind: 'float', value: 0 } as const }
  builder.ops('BatchNormalization', normInputs, training, { name: 'norm', outputCount: 3 })
  builder.op('Relu', ['norm'], {}, { name: 'relu1' })
  builder.op('MaxPool', ['relu1'], { kernel_shape: [2, 2], strides: [2, 2] }, { name: 'pool1' })
  const groupedWeights = [weight('conv2.weight', [8, 3, 3, 3]), weight('conv2.bias', [8])]
  builder.op('Conv', ['pool1', ...groupedWeights], { group: 2, strides: [2, 2] }, { name: 'conv2' })
  builder.op('GlobalAveragePool', ['conv2'], {}, { name: 'pool2' })
  builder.op('Flatten', ['pool2'], {}, { name: 'flat' })
  builder.op('Gemm', ['flat', weight('fc.weight', [4, 8]), weight('fc.bias', [4])], { transB: 1 }, { name: 'logits' })
  emitLoss(builder, 'crossEntropy', 'logits', 'labels', 4)
  return builder.build('small')
}

describe('the emitted program', () => {
  it('is what it was: a refactor changes no operator and no name', async () => {
    const weights = smallNetwork()
      .inputs.map((input) => input.name)
      .filter((name) => name !== 'image' && name !== 'labels')
    const { graph } = differentiate(smallNetwork(), 'loss', weights, rules)
    await expect(listing(graph)).toMatchFileSnapshot('goldens/small-network-gradient.txt')
  })
})
