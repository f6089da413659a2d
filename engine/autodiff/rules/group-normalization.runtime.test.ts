import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('GroupNormalization', [
  {
    title: 'two groups of planes, unknown batch',
    inputs: [{ dims: [3, 4, 3, 2] }, { dims: [2] }, { dims: [2] }],
    attributes: { num_groups: 2 },
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'one group of rows, a large epsilon',
    inputs: [{ dims: [2, 3, 8] }, { dims: [1] }, { dims: [1] }],
    attributes: { num_groups: 1, epsilon: float(0.1) },
    smoothness: 'smooth',
  },
])
