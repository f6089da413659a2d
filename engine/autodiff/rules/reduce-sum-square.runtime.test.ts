import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('ReduceSumSquare', [
  { title: 'everything', inputs: [{ dims: [3, 4] }], smoothness: 'smooth' },
  {
    title: 'axes in any order, dropped',
    inputs: [{ dims: [2, 3, 4, 2] }, { constant: int64Tensor([2], [-1, 1]) }],
    attributes: { keepdims: 0 },
    smoothness: 'smooth',
  },
  {
    title: 'a kept axis, unknown batch',
    inputs: [{ dims: [2, 3, 4] }, { constant: int64Tensor([1], [2]) }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'over an unknown batch',
    inputs: [{ dims: [3, 4, 2] }, { constant: int64Tensor([2], [0, 1]) }],
    attributes: { keepdims: 0 },
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'no axes and no reduction',
    inputs: [{ dims: [2, 3] }],
    attributes: { noop_with_empty_axes: 1 },
    smoothness: 'smooth',
  },
])
