import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Mish', [
  { title: 'a vector', inputs: [{ dims: [7] }], smoothness: 'smooth' },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 4, 5, 2] }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
])
