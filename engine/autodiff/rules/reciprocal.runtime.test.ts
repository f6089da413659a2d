import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Reciprocal', [
  { title: 'a vector', inputs: [{ dims: [7], sample: 'positive' }], smoothness: 'smooth' },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 4, 5, 2], sample: 'positive' }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
])
