import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('MaxPool', [
  {
    title: '2x2 side by side, unknown batch',
    inputs: [{ dims: [2, 3, 6, 8], sample: 'separated' }],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
  {
    title: '3x3 overlapping',
    inputs: [{ dims: [2, 2, 7, 9], sample: 'separated' }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2] },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'overlapping with a padded border',
    inputs: [{ dims: [2, 2, 6, 7], sample: 'separated' }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
  {
    title: 'asymmetric padding, kernel and stride',
    inputs: [{ dims: [1, 2, 8, 7], sample: 'separated' }],
    attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [2, 0, 0, 1] },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'windows that leave a rest',
    inputs: [{ dims: [1, 2, 7, 8], sample: 'separated' }],
    attributes: { kernel_shape: [2, 3], strides: [3, 4] },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'ceil mode',
    inputs: [{ dims: [2, 2, 6, 7], sample: 'separated' }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'ceil mode with padding',
    inputs: [{ dims: [1, 2, 8, 6], sample: 'separated' }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'auto_pad SAME_UPPER',
    inputs: [{ dims: [1, 2, 7, 6], sample: 'separated' }],
    attributes: { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'auto_pad SAME_LOWER',
    inputs: [{ dims: [1, 2, 7, 6], sample: 'separated' }],
    attributes: { kernel_shape: [3, 2], strides: [2, 1], auto_pad: 'SAME_LOWER' },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'one spatial axis',
    inputs: [{ dims: [2, 3, 9], sample: 'separated' }],
    attributes: { kernel_shape: [3], strides: [2] },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'dilation',
    inputs: [{ dims: [1, 2, 8, 9], sample: 'separated' }],
    attributes: { kernel_shape: [3, 2], dilations: [2, 3] },
    smoothness: 'piecewiseLinear',
  },
])
