import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../onnx/graph-builder.ts'
import { float32Tensor, int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'
import { runOnCpu } from '../../../tests/engine/run-on-cpu.ts'
import { differentiate } from '../differentiate.ts'
import { rules } from '../registry.ts'

// The check looks at the first part alone, so that the others have no gradient.
testGradients('Split', [
  {
    title: 'the first of equal parts, unknown batch',
    inputs: [{ dims: [2, 6, 3] }],
    attributes: { axis: 1, num_outputs: 3 },
    outputCount: 3,
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'the first of given parts',
    inputs: [{ dims: [2, 3, 7] }, { constant: int64Tensor([2], [3, 4]) }],
    attributes: { axis: -1 },
    outputCount: 2,
    smoothness: 'linear',
  },
])

describe('gradient of Split by its parts', () => {
  const x = float32Tensor(
    [2, 5],
    Float32Array.from({ length: 10 }, (_, index) => index),
  )

  it.each([
    { title: 'all of them', used: [0, 1, 2], expected: [1, 1, 10, 10, 100, 1, 1, 10, 10, 100] },
    { title: 'two of them', used: [0, 2], expected: [1, 1, 0, 0, 100, 1, 1, 0, 0, 100] },
    { title: 'the one between the others', used: [1], expected: [0, 0, 10, 10, 0, 0, 0, 10, 10, 0] },
  ])('adds up $title', async ({ used, expected }) => {
    const builder = new GraphBuilder()
    builder.input({ name: 'x', type: { dataType: 'float32', dims: [2, 5] } })
    const parts = builder.ops('Split', ['x', builder.ints([2, 2, 1])], { axis: 1 }, { name: 'part', outputCount: 3 })
    const sums = used.map((part) => {
      const weighted = builder.op('Mul', [parts[part] as string, builder.scalar(10 ** part)])
      return builder.op('ReduceSum', [weighted], { keepdims: 0 })
    })
    const y = builder.op('Sum', sums, {}, { name: 'y' })
    const { graph, gradients } = differentiate(builder.build('parts'), y, ['x'], rules)
    const name = gradients.get('x') as string
    const results = await runOnCpu({ ...graph, outputs: [{ name, type: undefined }] }, { x })
    expect(Array.from(results[name]?.data as Float32Array)).toEqual(expected)
  })
})
