import { expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { float32Tensor, elementCount } from '../onnx/graph.ts'
import { gatherFacts } from './graph-facts.ts'
import { findKernelLayers } from './kernel-layers.ts'
import { readKernels } from './read-kernels.ts'

/** A graph being built, with an input x of the given shape. */
function begin(dims: readonly (number | string)[]) {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims } })
  return builder
}

/** Elements 0, 1, 2 … */
function counted(dims: readonly number[]) {
  return float32Tensor(
    dims,
    Float32Array.from({ length: elementCount(dims) }, (_, index) => index),
  )
}

function onlyLayer(builder: GraphBuilder) {
  const facts = gatherFacts(builder.build('test'))
  const [layer] = findKernelLayers(facts)
  if (layer === undefined) throw new Error('No layer was found.')
  return { layer, kernels: readKernels(layer, facts.constants) }
}

it('takes the kernels of a convolution as they are', () => {
  const builder = begin(['n', 4, 8, 8])
  builder.op('Conv', ['x', builder.initializer('w', counted([6, 2, 3, 5]))], { group: 2 })
  const { layer, kernels } = onlyLayer(builder)
  expect(layer).toMatchObject({ operator: 'Conv', weight: 'w', shape: [6, 2, 3, 5], groups: 2 })
  expect([...kernels]).toEqual([...counted([6, 2, 3, 5]).data])
})

it('swaps the axes of a transposed convolution, within its groups', () => {
  const builder = begin(['n', 4, 8, 8])
  builder.op('ConvTranspose', ['x', builder.initializer('w', counted([4, 3, 1, 2]))], { group: 2 })
  const { layer, kernels } = onlyLayer(builder)
  // 2 groups of 3 filters, each over 2 of the 4 channels.
  expect(layer).toMatchObject({ operator: 'ConvTranspose', shape: [6, 2, 1, 2], groups: 2 })
  // Filter 4 is the second of group 1, so it reads channels 2 and 3 of the input: w[2, 1] and w[3, 1].
  expect([...kernels.subarray(4 * 4, 5 * 4)]).toEqual([14, 15, 20, 21])
})

it('gives the rows of a fully connected layer the shape of the map they read', () => {
  const builder = begin(['n', 2, 2, 2])
  const flat = builder.op('Flatten', ['x'])
  builder.op('Gemm', [flat, builder.initializer('w', counted([3, 8]))], { transB: 1 })
  expect(onlyLayer(builder).layer.shape).toEqual([3, 2, 2, 2])
})

it('keeps rows as they are where the map they read is unknown, or is no map', () => {
  const rowsBehind = (dims: readonly (number | string)[]) => {
    const builder = begin(dims)
    const flat = builder.op('Flatten', ['x'])
    builder.op('Gemm', [flat, builder.initializer('w', counted([3, 8]))], { transB: 1 })
    return onlyLayer(builder).layer.shape
  }
  expect(rowsBehind(['n', 2, 'height', 2])).toEqual([3, 8, 1, 1])
  expect(rowsBehind(['n', 4, 2])).toEqual([3, 8, 1, 1])
})

it('passes over weights that are computed of the input', () => {
  const builder = begin([3, 3])
  builder.op('Gemm', [builder.initializer('w', counted([2, 3])), 'x'], { transB: 1 })
  expect(findKernelLayers(gatherFacts(builder.build('test')))).toEqual([])
})

it('turns the columns of a product into rows', () => {
  const builder = begin(['n', 2])
  builder.op('MatMul', ['x', builder.initializer('w', counted([2, 3]))])
  const { layer, kernels } = onlyLayer(builder)
  expect(layer.shape).toEqual([3, 2, 1, 1])
  expect([...kernels]).toEqual([0, 3, 1, 4, 2, 5])
})
