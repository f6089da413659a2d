import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('ReduceMean', [
  { title: 'everything', inputs: [{ dims: [3, 4] }], smoothness: 'linear' },
  {
    title: 'everything, dropping the axes',
    inputs: [{ dims: [3, 4] }],
    attributes: { keepdims: 0 },
    smoothness: 'linear',
  },
  {
    title: 'axes in any order',
    inputs: [{ dims: [2, 3, 4, 5] }, { constant: int64Tensor([2], [-1, 0]) }],
    attributes: { keepdims: 0 },
    smoothness: 'linear',
  },
  {
    title: 'kept axes',
    inputs: [{ dims: [2, 3, 4] }, { constant: int64Tensor([1], [1]) }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'over an unknown batch',
    inputs: [{ dims: [3, 4, 2] }, { constant: int64Tensor([2], [0, 2]) }],
    attributes: { keepdims: 0 },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'no axes and no reduction',
    inputs: [{ dims: [2, 3] }],
    attributes: { noop_with_empty_axes: 1 },
    smoothness: 'linear',
  },
])
