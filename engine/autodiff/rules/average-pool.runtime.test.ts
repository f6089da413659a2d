import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('AveragePool', [
  {
    title: '2x2 side by side, unknown batch',
    inputs: [{ dims: [2, 3, 6, 8] }],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: '3x3 overlapping',
    inputs: [{ dims: [2, 2, 7, 9] }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2] },
    smoothness: 'linear',
  },
  {
    title: 'overlapping with a padded border',
    inputs: [{ dims: [2, 2, 6, 7] }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'asymmetric padding, kernel and stride',
    inputs: [{ dims: [1, 2, 8, 7] }],
    attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [2, 0, 0, 1] },
    smoothness: 'linear',
  },
  {
    title: 'windows that leave a rest',
    inputs: [{ dims: [1, 2, 7, 8] }],
    attributes: { kernel_shape: [2, 3], strides: [3, 4] },
    smoothness: 'linear',
  },
  {
    title: 'ceil mode',
    inputs: [{ dims: [2, 2, 6, 7] }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    smoothness: 'linear',
  },
  {
    title: 'ceil mode with padding',
    inputs: [{ dims: [1, 2, 8, 6] }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad SAME_UPPER',
    inputs: [{ dims: [1, 2, 7, 6] }],
    attributes: { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad SAME_LOWER',
    inputs: [{ dims: [1, 2, 7, 6] }],
    attributes: { kernel_shape: [3, 2], strides: [2, 1], auto_pad: 'SAME_LOWER' },
    smoothness: 'linear',
  },
  {
    title: 'one spatial axis',
    inputs: [{ dims: [2, 3, 9] }],
    attributes: { kernel_shape: [3], strides: [2] },
    smoothness: 'linear',
  },
  {
    title: 'padding counted',
    inputs: [{ dims: [2, 2, 6, 7] }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 },
    smoothness: 'linear',
  },
  {
    title: 'padding counted in ceil mode',
    inputs: [{ dims: [1, 2, 6, 8] }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 1, 1], count_include_pad: 1, ceil_mode: 1 },
    smoothness: 'linear',
  },
])
