import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Add', [
  { title: 'equal shapes', inputs: [{ dims: [3, 4] }, { dims: [3, 4] }], smoothness: 'linear' },
  { title: 'a scalar on the right', inputs: [{ dims: [3, 4] }, { dims: [] }], smoothness: 'linear' },
  { title: 'a vector on the left', inputs: [{ dims: [4] }, { dims: [2, 3, 4] }], smoothness: 'linear' },
  {
    title: 'both stretched, new axes and an unknown batch',
    inputs: [{ dims: [3, 2, 1, 5] }, { dims: [2, 4, 1] }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
