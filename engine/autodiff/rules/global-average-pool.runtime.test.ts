import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('GlobalAveragePool', [
  { title: 'maps, unknown batch', inputs: [{ dims: [2, 3, 5, 4] }], smoothness: 'linear', symbolicBatch: true },
  { title: 'one spatial axis', inputs: [{ dims: [2, 3, 7] }], smoothness: 'linear' },
])
