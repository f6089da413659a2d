import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('LayerNormalization', [
  {
    title: 'the last axis, unknown batch',
    inputs: [{ dims: [3, 4, 8] }, { dims: [8] }, { dims: [8] }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'everything of a sample, a large epsilon',
    inputs: [{ dims: [2, 3, 4, 2] }, { dims: [3, 4, 2] }, { dims: [3, 4, 2] }],
    attributes: { axis: 1, epsilon: float(0.1) },
    smoothness: 'smooth',
  },
  { title: 'no bias', inputs: [{ dims: [5, 6] }, { dims: [6] }], smoothness: 'smooth' },
])
