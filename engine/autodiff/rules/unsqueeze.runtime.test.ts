import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Unsqueeze', [
  {
    title: 'two axes, unknown batch',
    inputs: [{ dims: [2, 3] }, { constant: int64Tensor([2], [0, 3]) }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  { title: 'a negative axis', inputs: [{ dims: [2, 3] }, { constant: int64Tensor([1], [-2]) }], smoothness: 'linear' },
])
