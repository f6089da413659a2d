import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Softsign', [
  { title: 'a vector', inputs: [{ dims: [7], sample: 'awayFromZero' }], smoothness: 'smooth' },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 4, 5, 2], sample: 'awayFromZero' }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
])
