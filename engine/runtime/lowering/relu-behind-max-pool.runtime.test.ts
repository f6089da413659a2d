import type { GraphBuilder } from '../../onnx/graph-builder.ts'
import { describe, expect, it } from 'vitest'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { GraphBuilder as Builder } from '../../onnx/graph-builder.ts'
import { reluBehindMaxPool } from './relu-behind-max-pool.ts'
import { reluGradientBeforeMaxPool } from './relu-gradient-before-max-pool.ts'
import { rewriteGraph } from './rewrite-graph.ts'

const pooled =
  (attributes: Record<string, readonly number[] | number>) =>
  (builder: GraphBuilder): string =>
    builder.op('MaxPool', [builder.op('Relu', ['x'])], attributes, { name: 'y' })

testLowering(
  'a ReLU behind the pool',
  [[reluGradientBeforeMaxPool], [reluBehindMaxPool]],
  [
    {
      title: 'windows that tile the image, with ties and windows of zeros',
      inputs: { x: [2, 3, 8, 8] },
      withTies: ['x'],
      build: pooled({ kernel_shape: [2, 2], strides: [2, 2] }),
      // The only ReLU left is the one behind the pool.
      leaves: { Relu: 1, Where: 1 },
    },
    {
      title: 'windows that overlap',
      inputs: { x: [2, 3, 9, 9] },
      build: pooled({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      leaves: { Relu: 1, Where: 1 },
    },
  ],
)

describe('a ReLU that others read too', () => {
  it('stays for them, and only the pool changes', () => {
    const builder = new Builder()
    builder.input({ name: 'x', type: { dataType: 'float32', dims: [1, 2, 4, 4] } })
    builder.op('Relu', ['x'], {}, { name: 'active' })
    builder.op('MaxPool', ['active'], { kernel_shape: [2, 2], strides: [2, 2] }, { name: 'y' })
    for (const name of ['active', 'y']) builder.output({ name, type: undefined })
    const { nodes } = rewriteGraph(builder.build('forward'), [reluBehindMaxPool])
    expect(nodes.map(({ opType, inputs, outputs }) => [opType, inputs[0], outputs[0]])).toEqual([
      ['Relu', 'x', 'active'],
      ['MaxPool', 'x', 'y/before-relu'],
      ['Relu', 'y/before-relu', 'y'],
    ])
  })

  it('stays before the pool where a gradient follows the Indices without a mask', () => {
    const builder = new Builder()
    builder.input({ name: 'x', type: { dataType: 'float32', dims: [1, 2, 4, 4] } })
    const [y, indices] = builder.ops(
      'MaxPool',
      [builder.op('Relu', ['x'])],
      { kernel_shape: [2, 2] },
      { outputCount: 2 },
    ) as [string, string]
    const positions = builder.op('Cast', [indices], { to: 1 }, { name: 'positions' })
    for (const name of [y, positions]) builder.output({ name, type: undefined })
    const graph = builder.build('forward')
    expect(rewriteGraph(graph, [reluBehindMaxPool])).toBe(graph)
  })
})
