import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Relu', [
  { title: 'a vector', inputs: [{ dims: [7], sample: 'awayFromZero' }], smoothness: 'piecewiseLinear' },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 4, 5, 2], sample: 'awayFromZero' }],
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
])
