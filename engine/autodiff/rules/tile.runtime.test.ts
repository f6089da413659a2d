import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Tile', [
  {
    title: 'some axes, unknown batch',
    inputs: [{ dims: [2, 3, 4] }, { constant: int64Tensor([3], [1, 3, 2]) }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'the batch itself',
    inputs: [{ dims: [2, 3] }, { constant: int64Tensor([2], [4, 1]) }],
    smoothness: 'linear',
  },
  { title: 'nothing', inputs: [{ dims: [2, 3] }, { constant: int64Tensor([2], [1, 1]) }], smoothness: 'linear' },
])
