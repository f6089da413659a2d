import type { CaseInput } from '../../../tests/engine/check-gradient.ts'
import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Slice', [
  {
    title: 'two axes, unknown batch',
    inputs: [{ dims: [2, 5, 6] }, ints(1, 2), ints(4, 5), ints(1, 2)],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'the leading axes, counted from the end, ends out of range',
    inputs: [{ dims: [4, 5, 3] }, ints(-3, -1000), ints(-1, 1000)],
    smoothness: 'linear',
  },
  {
    title: 'steps forwards and backwards',
    inputs: [{ dims: [7, 6, 4] }, ints(1, 5), ints(7, -1000), ints(0, -2), ints(3, -2)],
    smoothness: 'linear',
  },
  {
    title: 'a step beside a plain slice',
    inputs: [{ dims: [3, 6, 5] }, ints(1, 2), ints(1000, 4), ints(1, 2), ints(2, 1)],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'everything of an unknown batch',
    inputs: [{ dims: [3, 2] }, ints(0), ints(2 ** 31 - 1), ints(0)],
    smoothness: 'linear',
    symbolicBatch: true,
  },
])

function ints(...values: number[]): CaseInput {
  return { constant: int64Tensor([values.length], values) }
}
