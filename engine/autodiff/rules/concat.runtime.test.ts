import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Concat', [
  {
    title: 'channels of three inputs',
    inputs: [{ dims: [2, 3, 4] }, { dims: [2, 1, 4] }, { dims: [2, 2, 4] }],
    attributes: { axis: 1 },
    smoothness: 'linear',
  },
  {
    title: 'the last axis, counted from the end',
    inputs: [{ dims: [2, 3] }, { dims: [2, 5] }],
    attributes: { axis: -1 },
    smoothness: 'linear',
  },
])
