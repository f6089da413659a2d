import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients(
  'DepthToSpace',
  ['DCR', 'CRD'].map((mode) => ({
    title: `in the order ${mode}, unknown batch`,
    inputs: [{ dims: [2, 18, 2, 4] }],
    attributes: { blocksize: 3, mode },
    smoothness: 'linear',
    symbolicBatch: true,
  })),
)
