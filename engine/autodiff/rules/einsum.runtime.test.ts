import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Einsum', [
  {
    title: 'queries by keys, unknown batch',
    inputs: [{ dims: [2, 3, 4, 5] }, { dims: [2, 3, 6, 5] }],
    attributes: { equation: 'bhqd,bhkd->bhqk' },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'attention by values',
    inputs: [{ dims: [2, 3, 4, 6] }, { dims: [2, 6, 3, 5] }],
    attributes: { equation: 'bhqk,bkhd->bqhd' },
    smoothness: 'linear',
  },
  {
    title: 'an ellipsis for axes that only one input has',
    inputs: [{ dims: [2, 3, 4, 5] }, { dims: [5, 6] }],
    attributes: { equation: '...ij,jk->...ik' },
    smoothness: 'linear',
  },
  {
    title: 'ellipses that are broadcast, no arrow',
    inputs: [{ dims: [2, 1, 4, 5] }, { dims: [1, 3, 5, 6] }],
    attributes: { equation: '...ij,...jk' },
    smoothness: 'linear',
  },
  {
    title: 'an axis that is summed in one input alone',
    inputs: [{ dims: [3, 4] }, { dims: [3, 5] }],
    attributes: { equation: 'ij,ik->k' },
    smoothness: 'linear',
  },
  {
    title: 'one input transposed and summed',
    inputs: [{ dims: [3, 4, 2] }],
    attributes: { equation: 'abc->ca' },
    smoothness: 'linear',
  },
  {
    title: 'three inputs',
    inputs: [{ dims: [3, 4] }, { dims: [4, 2] }, { dims: [2, 5] }],
    attributes: { equation: 'ab,bc,cd->ad' },
    smoothness: 'linear',
  },
  {
    title: 'an outer product',
    inputs: [{ dims: [3] }, { dims: [4] }],
    attributes: { equation: 'i,j->ij' },
    smoothness: 'linear',
  },
  {
    title: 'an inner product',
    inputs: [{ dims: [4] }, { dims: [4] }],
    attributes: { equation: 'i,i->' },
    smoothness: 'linear',
  },
])
