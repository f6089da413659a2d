import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('ConvTranspose', [
  {
    title: 'stride 2 and bias, unknown batch',
    inputs: [{ dims: [2, 3, 4, 5] }, { dims: [3, 4, 2, 2] }, { dims: [4] }],
    attributes: { strides: [2, 2] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'padding and output padding',
    inputs: [{ dims: [2, 3, 4, 5] }, { dims: [3, 2, 3, 3] }],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
    smoothness: 'linear',
  },
  {
    title: 'asymmetric padding and strides',
    inputs: [{ dims: [2, 3, 5, 4] }, { dims: [3, 2, 3, 4] }],
    attributes: { strides: [1, 3], pads: [1, 0, 2, 1], output_padding: [0, 2] },
    smoothness: 'linear',
  },
  {
    title: 'stride 3 with a small kernel',
    inputs: [{ dims: [2, 2, 3, 4] }, { dims: [2, 3, 2, 1] }],
    attributes: { strides: [3, 3] },
    smoothness: 'linear',
  },
  {
    title: 'dilation with stride',
    inputs: [{ dims: [2, 2, 4, 5] }, { dims: [2, 3, 3, 2] }],
    attributes: { dilations: [2, 3], strides: [2, 1], pads: [1, 2, 0, 1] },
    smoothness: 'linear',
  },
  {
    title: 'groups, stride and bias, unknown batch',
    inputs: [{ dims: [2, 4, 3, 4] }, { dims: [4, 3, 3, 3] }, { dims: [6] }],
    attributes: { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'depthwise, two filters a channel',
    inputs: [{ dims: [2, 3, 4, 4] }, { dims: [3, 2, 3, 3] }],
    attributes: { group: 3 },
    smoothness: 'linear',
  },
  {
    title: 'output_shape that pads',
    inputs: [{ dims: [2, 2, 4, 5] }, { dims: [2, 3, 3, 3] }],
    attributes: { strides: [2, 2], output_shape: [8, 9] },
    smoothness: 'linear',
  },
  {
    title: 'output_shape that pads by an odd number, the rest behind',
    inputs: [{ dims: [1, 2, 4, 4] }, { dims: [2, 1, 4, 3] }],
    attributes: { strides: [2, 2], output_shape: [7, 8], auto_pad: 'SAME_UPPER' },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad SAME_UPPER',
    inputs: [{ dims: [1, 2, 4, 5] }, { dims: [2, 3, 3, 4] }],
    attributes: { auto_pad: 'SAME_UPPER', strides: [2, 3] },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad SAME_LOWER',
    inputs: [{ dims: [1, 2, 4, 5] }, { dims: [2, 3, 3, 4] }],
    attributes: { auto_pad: 'SAME_LOWER', strides: [2, 2] },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad VALID',
    inputs: [{ dims: [1, 2, 4, 5] }, { dims: [2, 3, 3, 4] }],
    attributes: { auto_pad: 'VALID', strides: [2, 2] },
    smoothness: 'linear',
  },
  {
    title: 'one spatial axis',
    inputs: [{ dims: [2, 3, 6] }, { dims: [3, 4, 4] }, { dims: [4] }],
    attributes: { pads: [1, 2], strides: [2] },
    smoothness: 'linear',
  },
  {
    title: 'three spatial axes',
    inputs: [{ dims: [2, 2, 3, 2, 3] }, { dims: [2, 3, 2, 3, 2] }],
    attributes: { strides: [1, 2, 1] },
    smoothness: 'linear',
  },
])
