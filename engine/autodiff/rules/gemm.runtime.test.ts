import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Gemm', [
  {
    title: 'A B + C, unknown batch',
    inputs: [{ dims: [3, 4] }, { dims: [4, 5] }, { dims: [5] }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'B transposed, as fully connected layers have it',
    inputs: [{ dims: [3, 4] }, { dims: [5, 4] }, { dims: [5] }],
    attributes: { transB: 1 },
    smoothness: 'linear',
  },
  {
    title: 'A transposed, no C',
    inputs: [{ dims: [4, 3] }, { dims: [4, 5] }],
    attributes: { transA: 1, alpha: float(0.5) },
    smoothness: 'linear',
  },
  {
    title: 'both transposed, C a column, factors',
    inputs: [{ dims: [4, 3] }, { dims: [5, 4] }, { dims: [3, 1] }],
    attributes: { transA: 1, transB: 1, alpha: float(-2), beta: float(0.25) },
    smoothness: 'linear',
  },
  { title: 'C a scalar', inputs: [{ dims: [3, 4] }, { dims: [4, 5] }, { dims: [] }], smoothness: 'linear' },
])
