import { testGradients } from '../../../tests/engine/test-gradients.ts'

// Odd multiples of 0.125 up to 3.375, on both sides of the kinks at -3 and 3.
testGradients('HardSwish', [
  { title: 'a vector', inputs: [{ dims: [27], sample: 'separated' }], smoothness: 'smooth' },
  {
    title: 'a batch of maps of unknown size',
    inputs: [{ dims: [3, 3, 3], sample: 'separated' }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
])
