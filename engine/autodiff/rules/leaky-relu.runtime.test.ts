import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('LeakyRelu', [
  {
    title: 'a vector',
    inputs: [{ dims: [7], sample: 'awayFromZero' }],
    smoothness: 'piecewiseLinear',
    attributes: { alpha: float(0.2) },
  },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 4, 5, 2], sample: 'awayFromZero' }],
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
    attributes: { alpha: float(0.2) },
  },
  { title: 'the default slope', inputs: [{ dims: [40], sample: 'awayFromZero' }], smoothness: 'piecewiseLinear' },
])
