import type { GraphBuilder } from '../../onnx/graph-builder.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { convInputByConv } from './conv-input-by-conv.ts'

const conv =
  (attributes: Record<string, readonly number[]>) =>
  (builder: GraphBuilder): string =>
    builder.op('Conv', ['x', 'w'], attributes, { name: 'y' })

testLowering(
  'the input gradient of a convolution as a convolution',
  [[convInputByConv]],
  [
    {
      title: 'padded',
      inputs: { x: [2, 3, 7, 6], w: [4, 3, 5, 5] },
      build: conv({ pads: [2, 2, 2, 2] }),
      leaves: { ConvTranspose: 0 },
    },
    {
      title: 'oblong kernel, uneven padding, dilation',
      inputs: { x: [2, 3, 9, 8], w: [4, 3, 3, 2] },
      build: conv({ pads: [1, 0, 3, 1], dilations: [2, 1] }),
      leaves: { ConvTranspose: 0 },
    },
    {
      title: '1×1',
      inputs: { x: [2, 3, 4, 4], w: [5, 3, 1, 1] },
      build: conv({}),
      leaves: { ConvTranspose: 0, Slice: 0 },
    },
    {
      title: 'more padding than the kernel reaches is left alone',
      inputs: { x: [2, 3, 4, 4], w: [5, 3, 2, 2] },
      build: conv({ pads: [2, 2, 2, 2] }),
      leaves: { ConvTranspose: 1 },
    },
    {
      title: 'stride 2 is left alone',
      inputs: { x: [2, 3, 7, 7], w: [5, 3, 3, 3] },
      build: conv({ strides: [2, 2] }),
      leaves: { ConvTranspose: 1 },
    },
  ],
)
