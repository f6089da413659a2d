import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Graph, float32Tensor } from '../onnx/graph.ts'
import { differentiate } from './differentiate.ts'
import { DifferentiationError } from './differentiation-error.ts'
import { differentiableTensors, findObstacles } from './obstacles.ts'
import { rules } from './registry.ts'

/** image -> w1 -> Asin -> w2 -> MaxPool with storage_order 1 -> Acos on a side branch -> w3 -> y */
function obstructed(): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', 1, 8, 8] } })
  for (const name of ['w1', 'w2', 'w3', 'unused']) {
    builder.initializer(name, float32Tensor([1, 1, 3, 3], new Float32Array(9)))
  }
  builder.op('Conv', ['image', 'w1'], {}, { name: 'conv1' })
  builder.op('Asin', ['conv1'], {}, { name: 'asin' })
  builder.op('Conv', ['asin', 'w2'], {}, { name: 'conv2' })
  builder.op('MaxPool', ['conv2'], { kernel_shape: [2, 2], storage_order: 1 }, { name: 'pool' })
  builder.op('Conv', ['pool', 'w3'], { pads: [1, 1, 1, 1] }, { name: 'conv3' })
  builder.op('Acos', ['pool'], {}, { name: 'acos' })
  builder.op('Add', ['conv3', 'acos'], {}, { name: 'y' })
  return builder.build('obstructed')
}

describe('findObstacles', () => {
  it('finds every node at once, in the order of the graph, and says why', () => {
    const found = findObstacles(obstructed(), 'y', ['w1', 'w2', 'w3'], rules)
    expect(found.map(({ node, operator, reason }) => [operator, node.name, reason])).toEqual([
      ['Asin', 'asin', expect.stringMatching(/^has no gradient rule; /)],
      ['MaxPool', 'pool', expect.stringMatching(/^cannot be differentiated: it counts its indices column by column/)],
      ['Acos', 'acos', expect.stringMatching(/^has no gradient rule; /)],
    ])
  })

  it('finds only what lies on the way', () => {
    expect(findObstacles(obstructed(), 'y', ['w3'], rules)).toEqual([])
    expect(findObstacles(obstructed(), 'conv2', ['w2'], rules)).toEqual([])
    expect(findObstacles(obstructed(), 'y', ['w2'], rules).map(({ operator }) => operator)).toEqual(['MaxPool', 'Acos'])
    expect(findObstacles(obstructed(), 'y', ['unused'], rules)).toEqual([])
  })

  it('finds the shapes that a rule needs and nobody knows', () => {
    const builder = new GraphBuilder()
    builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', 1, 'height', 'width'] } })
    builder.initializer('w', float32Tensor([1, 1, 3, 3], new Float32Array(9)))
    builder.op('Conv', ['image', 'w'], {}, { name: 'conv' })
    const graph = builder.build('free size')
    const reason = "slides over an image of unknown size; give the graph's inputs concrete heights and widths."
    expect(findObstacles(graph, 'conv', ['w'], rules)).toEqual([{ node: graph.nodes[0], operator: 'Conv', reason }])
    expect(() => differentiate(graph, 'conv', ['w'], rules)).toThrow(
      new DifferentiationError([`Conv «conv» ${reason}`]),
    )
  })

  it('finds operators of other domains and element types without gradients', () => {
    const builder = new GraphBuilder()
    builder.input({ name: 'x', type: { dataType: 'float32', dims: [3] } })
    builder.op('Cast', ['x'], { to: 10 }, { name: 'half' })
    builder.op('Cast', ['half'], { to: 1 }, { name: 'single' })
    builder.add({
      opType: 'Own',
      domain: 'org.example',
      name: 'own',
      inputs: ['single'],
      outputs: ['y'],
      attributes: {},
    })
    expect(findObstacles(builder.build('strange'), 'y', ['x'], rules).map(({ reason }) => reason)).toEqual([
      'computes «half» in float16; gradients are built for float32 only.',
      expect.stringMatching(/^of the domain org.example has no gradient rule; /),
    ])
  })
})

describe('differentiableTensors', () => {
  it('keeps what is used and lies behind every obstacle', () => {
    expect(differentiableTensors(obstructed(), 'y', ['w1', 'w2', 'w3', 'unused'], rules)).toEqual(['w3'])
    expect(differentiableTensors(obstructed(), 'conv2', ['w1', 'w2', 'w3'], rules)).toEqual(['w2'])
  })

  it('leaves nothing to refuse', () => {
    const graph = obstructed()
    const kept = differentiableTensors(graph, 'y', ['w1', 'w2', 'w3'], rules)
    expect([...differentiate(graph, 'y', kept, rules).gradients.keys()]).toEqual(['w3'])
  })
})
