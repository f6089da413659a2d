import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Conv', [
  {
    title: 'padding, bias, unknown batch',
    inputs: [{ dims: [2, 3, 7, 6] }, { dims: [4, 3, 3, 3] }, { dims: [4] }],
    attributes: { pads: [1, 1, 1, 1] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'stride 2 that leaves a row unused',
    inputs: [{ dims: [2, 3, 8, 9] }, { dims: [4, 3, 3, 3] }, { dims: [4] }],
    attributes: { strides: [2, 2] },
    smoothness: 'linear',
  },
  {
    title: 'stride 3 with a small kernel',
    inputs: [{ dims: [2, 2, 9, 8] }, { dims: [3, 2, 2, 1] }],
    attributes: { strides: [3, 3] },
    smoothness: 'linear',
  },
  {
    title: 'asymmetric padding and strides',
    inputs: [{ dims: [2, 3, 7, 9] }, { dims: [4, 3, 5, 3] }],
    attributes: { pads: [2, 0, 1, 1], strides: [1, 2] },
    smoothness: 'linear',
  },
  {
    title: 'dilation',
    inputs: [{ dims: [2, 2, 9, 10] }, { dims: [3, 2, 3, 2] }],
    attributes: { dilations: [2, 3], pads: [1, 2, 2, 1] },
    smoothness: 'linear',
  },
  {
    title: 'dilation with stride and an unused rest',
    inputs: [{ dims: [2, 2, 12, 11] }, { dims: [3, 2, 3, 2] }],
    attributes: { dilations: [2, 2], strides: [3, 4] },
    smoothness: 'linear',
  },
  {
    title: 'groups, stride and bias',
    inputs: [{ dims: [2, 6, 7, 7] }, { dims: [4, 3, 3, 3] }, { dims: [4] }],
    attributes: { group: 2, pads: [1, 1, 1, 1], strides: [2, 2] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'depthwise, two filters a channel',
    inputs: [{ dims: [2, 3, 6, 6] }, { dims: [6, 1, 3, 3] }],
    attributes: { group: 3, pads: [1, 1, 1, 1] },
    smoothness: 'linear',
  },
  {
    title: 'groups with dilation',
    inputs: [{ dims: [3, 4, 8, 8] }, { dims: [6, 2, 2, 3] }],
    attributes: { group: 2, dilations: [3, 2] },
    smoothness: 'linear',
  },
  { title: '1x1', inputs: [{ dims: [2, 5, 4, 4] }, { dims: [3, 5, 1, 1] }, { dims: [3] }], smoothness: 'linear' },
  {
    title: '1x1 with stride 2',
    inputs: [{ dims: [2, 5, 4, 5] }, { dims: [3, 5, 1, 1] }],
    attributes: { strides: [2, 2] },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad SAME_UPPER',
    inputs: [{ dims: [2, 2, 7, 8] }, { dims: [3, 2, 3, 4] }],
    attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad SAME_LOWER',
    inputs: [{ dims: [2, 2, 7, 8] }, { dims: [3, 2, 3, 4] }],
    attributes: { auto_pad: 'SAME_LOWER', strides: [2, 3] },
    smoothness: 'linear',
  },
  {
    title: 'auto_pad VALID',
    inputs: [{ dims: [2, 2, 7, 8] }, { dims: [3, 2, 3, 4] }],
    attributes: { auto_pad: 'VALID' },
    smoothness: 'linear',
  },
  {
    title: 'padding wider than the kernel',
    inputs: [{ dims: [1, 2, 3, 3] }, { dims: [2, 2, 2, 2] }],
    attributes: { pads: [3, 2, 2, 3] },
    smoothness: 'linear',
  },
  {
    title: 'one spatial axis',
    inputs: [{ dims: [2, 3, 11] }, { dims: [4, 3, 4] }, { dims: [4] }],
    attributes: { pads: [1, 2], strides: [2] },
    smoothness: 'linear',
  },
  {
    title: 'three spatial axes',
    inputs: [{ dims: [2, 2, 4, 5, 6] }, { dims: [3, 2, 2, 3, 2] }],
    attributes: { strides: [1, 2, 1] },
    smoothness: 'linear',
  },
])
