import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('LRN', [
  {
    title: 'five channels of planes, strong enough to matter, unknown batch',
    inputs: [{ dims: [2, 7, 3, 2] }],
    attributes: { size: 5, alpha: float(0.5), beta: float(0.75), bias: float(2) },
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'three channels, the usual bias',
    inputs: [{ dims: [1, 6, 4, 1] }],
    attributes: { size: 3, alpha: float(0.8), beta: float(0.5) },
    smoothness: 'smooth',
  },
  {
    title: 'more channels than there are',
    inputs: [{ dims: [2, 3, 2, 2] }],
    attributes: { size: 9, alpha: float(1), beta: float(1.2) },
    smoothness: 'smooth',
  },
])
