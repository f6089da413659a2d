import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('GatherElements', [
  {
    title: 'one element a row, unknown batch',
    inputs: [{ dims: [3, 4] }, { constant: int64Tensor([3, 1], [3, 0, -2]) }],
    attributes: { axis: 1 },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'elements taken more than once',
    inputs: [{ dims: [3, 2] }, { constant: int64Tensor([4, 2], [0, 1, 0, 1, 2, 1, 0, 0]) }],
    smoothness: 'linear',
  },
])
