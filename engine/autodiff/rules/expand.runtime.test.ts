import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Expand', [
  { title: 'new axes', inputs: [{ dims: [3] }, { constant: int64Tensor([3], [4, 2, 3]) }], smoothness: 'linear' },
  {
    title: 'stretched axes',
    inputs: [{ dims: [2, 1, 3, 1] }, { constant: int64Tensor([4], [2, 4, 1, 5]) }],
    smoothness: 'linear',
  },
])
