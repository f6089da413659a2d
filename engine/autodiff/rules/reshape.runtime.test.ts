import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Reshape', [
  { title: 'a plain shape', inputs: [{ dims: [2, 6] }, { constant: int64Tensor([2], [3, 4]) }], smoothness: 'linear' },
  {
    title: 'kept and computed sizes, unknown batch',
    inputs: [{ dims: [2, 3, 4] }, { constant: int64Tensor([2], [0, -1]) }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
