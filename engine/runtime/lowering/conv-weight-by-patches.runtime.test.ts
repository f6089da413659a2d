import type { GraphBuilder } from '../../onnx/graph-builder.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { convWeightByPatches } from './conv-weight-by-patches.ts'

const conv =
  (attributes: Record<string, readonly number[]>) =>
  (builder: GraphBuilder): string =>
    builder.op('Conv', ['x', 'w'], attributes, { name: 'y' })

testLowering(
  'the kernel gradient for images of few channels from their patches',
  [[convWeightByPatches]],
  [
    {
      title: 'one channel, padded',
      inputs: { x: [3, 1, 8, 7], w: [4, 1, 5, 5] },
      build: conv({ pads: [2, 2, 2, 2] }),
      leaves: { MatMul: 1 },
    },
    {
      title: 'three channels, stride 2 that leaves a row unused, uneven padding',
      inputs: { x: [2, 3, 8, 10], w: [5, 3, 3, 4] },
      build: conv({ strides: [2, 2], pads: [1, 0, 0, 2] }),
      leaves: { MatMul: 1 },
    },
    {
      title: 'dilation',
      inputs: { x: [2, 2, 9, 9], w: [3, 2, 3, 3] },
      build: conv({ dilations: [2, 1], pads: [1, 1, 2, 0] }),
      leaves: { MatMul: 1 },
    },
    {
      title: 'a kernel of 7×7 is left alone',
      inputs: { x: [2, 1, 9, 9], w: [3, 1, 7, 7] },
      build: conv({}),
      leaves: { MatMul: 0 },
    },
  ],
)
