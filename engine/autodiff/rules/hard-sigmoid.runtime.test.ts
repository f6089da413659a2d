import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

// Multiples of 0.25, moved by steps of 0.1; the kinks lie in between.
testGradients('HardSigmoid', [
  {
    title: 'the usual slope: kinks at -2.375 and 2.625',
    inputs: [{ dims: [32], sample: 'separated' }],
    attributes: { beta: float(0.475) },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'other constants, unknown batch: kinks at -3.125 and 3.125',
    inputs: [{ dims: [3, 2, 6], sample: 'separated' }],
    attributes: { alpha: float(0.16), beta: float(0.5) },
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
])
