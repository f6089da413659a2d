import { float32Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('CastLike', [
  {
    title: 'a batch of unknown size',
    inputs: [{ dims: [4, 3] }, { constant: float32Tensor([1], Float32Array.of(2)) }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
