import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('GlobalLpPool', [
  {
    title: 'the usual second power, unknown batch',
    inputs: [{ dims: [2, 3, 4, 5] }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'sums of sizes',
    inputs: [{ dims: [2, 3, 4], sample: 'awayFromZero' }],
    attributes: { p: 1 },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'third powers',
    inputs: [{ dims: [2, 2, 3, 3], sample: 'awayFromZero' }],
    attributes: { p: 3 },
    smoothness: 'smooth',
  },
])
