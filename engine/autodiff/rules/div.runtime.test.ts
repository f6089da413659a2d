import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Div', [
  { title: 'equal shapes', inputs: [{ dims: [3, 4] }, { dims: [3, 4], sample: 'positive' }], smoothness: 'smooth' },
  {
    title: 'a scalar on the left',
    inputs: [{ dims: [] }, { dims: [3, 4], sample: 'positive' }],
    smoothness: 'smooth',
  },
  {
    title: 'a vector on the left',
    inputs: [{ dims: [4] }, { dims: [2, 3, 4], sample: 'positive' }],
    smoothness: 'smooth',
  },
  {
    title: 'both stretched, new axes and an unknown batch',
    inputs: [{ dims: [3, 2, 1, 5] }, { dims: [2, 4, 1], sample: 'positive' }],
    smoothness: 'smooth',
    symbolicBatch: true,
  },
])
