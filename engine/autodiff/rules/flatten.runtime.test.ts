import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Flatten', [
  { title: 'from axis 1, unknown batch', inputs: [{ dims: [2, 3, 4] }], smoothness: 'linear', symbolicBatch: true },
  { title: 'from axis 0', inputs: [{ dims: [2, 3] }], attributes: { axis: 0 }, smoothness: 'linear' },
  { title: 'from a negative axis', inputs: [{ dims: [2, 3, 4] }], attributes: { axis: -1 }, smoothness: 'linear' },
])
