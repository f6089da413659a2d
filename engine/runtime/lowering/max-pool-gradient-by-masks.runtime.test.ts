import type { AttributeInput, GraphBuilder } from '../../onnx/graph-builder.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { dropUnreadIndices } from './drop-unread-indices.ts'
import { maxPoolGradientByMasks } from './max-pool-gradient-by-masks.ts'

const pool =
  (attributes: AttributeInput) =>
  (builder: GraphBuilder): string =>
    builder.op('MaxPool', ['x'], attributes, { name: 'y' })

testLowering(
  "a pool's gradient without Indices",
  [[maxPoolGradientByMasks], [dropUnreadIndices]],
  [
    {
      title: 'windows that tile the image, many ties: the first gets the gradient',
      inputs: { x: [2, 3, 6, 8] },
      withTies: ['x'],
      build: pool({ kernel_shape: [2, 2], strides: [2, 2] }),
      leaves: { ScatterElements: 0, ConvTranspose: 1, Pad: 0 },
    },
    {
      title: 'windows that overlap and are padded, many ties',
      inputs: { x: [2, 3, 9, 8] },
      withTies: ['x'],
      build: pool({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      leaves: { ScatterElements: 0, ConvTranspose: 1, Pad: 1 },
    },
    {
      title: 'rows and columns left over',
      inputs: { x: [2, 1, 8, 7] },
      build: pool({ kernel_shape: [3, 2], strides: [3, 2] }),
      leaves: { ScatterElements: 0 },
    },
    {
      title: 'windows that stick out (ceil mode)',
      inputs: { x: [1, 2, 6, 6] },
      build: pool({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
      leaves: { ScatterElements: 0, Pad: 1 },
    },
    {
      title: 'dilation and uneven padding',
      inputs: { x: [2, 2, 9, 9] },
      build: pool({ kernel_shape: [2, 3], strides: [1, 2], dilations: [2, 2], pads: [0, 1, 1, 2] }),
      leaves: { ScatterElements: 0 },
    },
    {
      title: 'a large window',
      inputs: { x: [1, 2, 11, 11] },
      build: pool({ kernel_shape: [5, 5], strides: [2, 2] }),
      leaves: { ScatterElements: 0, Concat: 4 },
    },
  ],
)
