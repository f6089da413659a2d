import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('InstanceNormalization', [
  {
    title: 'planes, unknown batch',
    inputs: [{ dims: [3, 2, 4, 5] }, { dims: [2] }, { dims: [2] }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'rows, a large epsilon',
    inputs: [{ dims: [2, 4, 8] }, { dims: [4] }, { dims: [4] }],
    attributes: { epsilon: float(0.1) },
    smoothness: 'smooth',
  },
])
