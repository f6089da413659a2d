import type { CaseInput } from '../../../tests/engine/check-gradient.ts'
import { float32Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

/** Multiples of 0.25; every bound lies halfway between two of them. */
const inside: CaseInput = { dims: [4, 5], sample: 'separated' }

function scalar(value: number): CaseInput {
  return { constant: float32Tensor([], Float32Array.of(value)) }
}

testGradients('Clip', [
  { title: 'both bounds', inputs: [inside, scalar(-0.625), scalar(0.625)], smoothness: 'piecewiseLinear' },
  { title: 'lower bound only', inputs: [inside, scalar(0.125)], smoothness: 'piecewiseLinear' },
  { title: 'upper bound only', inputs: [inside, undefined, scalar(0.125)], smoothness: 'piecewiseLinear' },
  { title: 'no bound', inputs: [inside], smoothness: 'piecewiseLinear' },
])
