import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('SpaceToDepth', [
  {
    title: 'blocks of 2, unknown batch',
    inputs: [{ dims: [2, 3, 6, 4] }],
    attributes: { blocksize: 2 },
    smoothness: 'linear',
    symbolicBatch: true,
  },
])
