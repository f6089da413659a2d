import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Neg', [
  { title: 'a vector', inputs: [{ dims: [7] }], smoothness: 'linear' },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 4, 5, 2] }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
