import { testGradients } from '../../../tests/engine/test-gradients.ts'

const sample = 'awayFromZero'

testGradients('LpPool', [
  {
    title: '2x2 side by side, unknown batch',
    inputs: [{ dims: [2, 3, 6, 8], sample }],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'sums of sizes, overlapping with a padded border',
    inputs: [{ dims: [2, 2, 6, 7], sample }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], p: 1 },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'third powers, asymmetric',
    inputs: [{ dims: [1, 2, 8, 7], sample }],
    attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [2, 0, 0, 1], p: 3 },
    smoothness: 'smooth',
  },
  {
    title: 'dilation',
    inputs: [{ dims: [1, 2, 8, 9], sample }],
    attributes: { kernel_shape: [3, 2], dilations: [2, 3] },
    smoothness: 'smooth',
  },
  {
    title: 'ceil mode',
    inputs: [{ dims: [2, 2, 6, 7], sample }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    smoothness: 'smooth',
  },
  {
    title: 'auto_pad SAME_LOWER',
    inputs: [{ dims: [1, 2, 7, 6], sample }],
    attributes: { kernel_shape: [3, 2], strides: [2, 1], auto_pad: 'SAME_LOWER' },
    smoothness: 'smooth',
  },
  {
    title: 'one spatial axis',
    inputs: [{ dims: [2, 3, 9], sample }],
    attributes: { kernel_shape: [3], strides: [2] },
    smoothness: 'smooth',
  },
])
