import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('GlobalMaxPool', [
  {
    title: 'planes, unknown batch',
    inputs: [{ dims: [2, 3, 4, 5], sample: 'separated' }],
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
  { title: 'volumes', inputs: [{ dims: [2, 2, 3, 2, 3], sample: 'separated' }], smoothness: 'piecewiseLinear' },
])
