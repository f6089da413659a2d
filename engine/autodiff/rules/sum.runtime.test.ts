import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Sum', [
  { title: 'one term', inputs: [{ dims: [3] }], smoothness: 'linear' },
  {
    title: 'three terms of different shapes',
    inputs: [{ dims: [2, 3] }, { dims: [3] }, { dims: [] }],
    smoothness: 'linear',
  },
])
