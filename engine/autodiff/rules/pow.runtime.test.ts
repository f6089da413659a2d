import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Pow', [
  { title: 'equal shapes', inputs: [{ dims: [3, 4], sample: 'positive' }, { dims: [3, 4] }], smoothness: 'smooth' },
  {
    title: 'a scalar on the right',
    inputs: [{ dims: [3, 4], sample: 'positive' }, { dims: [] }],
    smoothness: 'smooth',
  },
  {
    title: 'a vector on the left',
    inputs: [{ dims: [4], sample: 'positive' }, { dims: [2, 3, 4] }],
    smoothness: 'smooth',
  },
  {
    title: 'both stretched, new axes and an unknown batch',
    inputs: [{ dims: [3, 2, 1, 5], sample: 'positive' }, { dims: [2, 4, 1] }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
])
