import { elementCount, float32Tensor } from '../../onnx/graph.ts'
import type { CaseInput } from '../../../tests/engine/check-gradient.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Max', [
  { title: 'two inputs', inputs: [separated([4, 6]), constant([4, 6])], smoothness: 'piecewiseLinear' },
  {
    title: 'three inputs, broadcast',
    inputs: [constant([6]), separated([2, 4, 6]), constant([])],
    smoothness: 'piecewiseLinear',
  },
])

/** Multiples of 0.25, moved by steps of 0.1. */
function separated(dims: readonly number[]): CaseInput {
  return { dims, sample: 'separated' }
}

/** Halfway between such multiples, so that no step makes two inputs change places. */
function constant(dims: readonly number[]): CaseInput {
  const values = Float32Array.from({ length: elementCount(dims) }, (_, index) => 0.125 + 0.25 * ((index % 5) - 2))
  return { constant: float32Tensor(dims, values) }
}
