import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Transpose', [
  { title: 'reversed where no order is given', inputs: [{ dims: [2, 3, 4] }], smoothness: 'linear' },
  {
    title: 'an order that is not its own inverse',
    inputs: [{ dims: [2, 3, 4, 5] }],
    attributes: { perm: [2, 0, 3, 1] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
