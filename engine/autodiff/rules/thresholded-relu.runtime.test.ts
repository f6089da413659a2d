import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

// Multiples of 0.25, moved by steps of 0.1, so that none reaches a threshold between them.
testGradients('ThresholdedRelu', [
  {
    title: 'a vector',
    inputs: [{ dims: [18], sample: 'separated' }],
    attributes: { alpha: float(0.375) },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'a batch of maps of unknown size, below zero',
    inputs: [{ dims: [3, 2, 4], sample: 'separated' }],
    attributes: { alpha: float(-0.625) },
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
])
