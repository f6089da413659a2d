import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Squeeze', [
  {
    title: 'one axis, unknown batch',
    inputs: [{ dims: [2, 1, 3] }, { constant: int64Tensor([1], [1]) }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'a negative axis',
    inputs: [{ dims: [2, 1, 3, 1] }, { constant: int64Tensor([1], [-1]) }],
    smoothness: 'linear',
  },
  { title: 'every axis of size 1', inputs: [{ dims: [1, 4, 1] }], smoothness: 'linear' },
])
