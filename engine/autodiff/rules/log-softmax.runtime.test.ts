import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('LogSoftmax', [
  { title: 'the last axis, unknown batch', inputs: [{ dims: [4, 10] }], smoothness: 'smooth', symbolicBatch: true },
  {
    title: 'the channel axis of maps',
    inputs: [{ dims: [2, 5, 3, 2] }],
    attributes: { axis: 1 },
    smoothness: 'smooth',
  },
  { title: 'a negative axis', inputs: [{ dims: [3, 4, 2] }], attributes: { axis: -2 }, smoothness: 'smooth' },
])
