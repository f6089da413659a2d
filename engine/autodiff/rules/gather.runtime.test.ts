import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Gather', [
  {
    title: 'rows, one of them twice',
    inputs: [{ dims: [5, 3] }, { constant: int64Tensor([3], [4, 0, 4]) }],
    smoothness: 'linear',
  },
  {
    title: 'a middle axis by a matrix of indices',
    inputs: [{ dims: [2, 4, 3] }, { constant: int64Tensor([2, 2], [1, -1, 0, 1]) }],
    attributes: { axis: 1 },
    smoothness: 'linear',
  },
  {
    title: 'a single index on the last axis',
    inputs: [{ dims: [2, 4] }, { constant: int64Tensor([], [2]) }],
    attributes: { axis: -1 },
    smoothness: 'linear',
  },
])
