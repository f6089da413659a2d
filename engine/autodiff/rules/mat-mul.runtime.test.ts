import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('MatMul', [
  {
    title: 'two matrices, unknown batch',
    inputs: [{ dims: [3, 4] }, { dims: [4, 5] }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'a batch of matrices and one matrix',
    inputs: [{ dims: [2, 3, 4] }, { dims: [4, 5] }],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'batches that broadcast both ways',
    inputs: [{ dims: [2, 1, 3, 4] }, { dims: [5, 4, 2] }],
    smoothness: 'linear',
  },
  { title: 'a vector on the left', inputs: [{ dims: [4] }, { dims: [2, 4, 3] }], smoothness: 'linear' },
  { title: 'a vector on the right', inputs: [{ dims: [2, 3, 4] }, { dims: [4] }], smoothness: 'linear' },
  { title: 'two vectors', inputs: [{ dims: [6] }, { dims: [6] }], smoothness: 'linear' },
])
