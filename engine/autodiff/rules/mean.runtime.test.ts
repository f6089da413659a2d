import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Mean', [
  { title: 'one input', inputs: [{ dims: [2, 3] }], smoothness: 'linear' },
  {
    title: 'three inputs, broadcast, unknown batch',
    inputs: [{ dims: [2, 4, 6] }, { dims: [6] }, { dims: [4, 1] }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
