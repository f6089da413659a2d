import type { GraphBuilder } from '../../onnx/graph-builder.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { convWeightByMergedWidth } from './conv-weight-by-merged-width.ts'

const conv =
  (attributes: Record<string, readonly number[]>) =>
  (builder: GraphBuilder): string =>
    builder.op('Conv', ['x', 'w'], attributes, { name: 'y' })

testLowering(
  'the kernel gradient over width and channels together',
  [[convWeightByMergedWidth]],
  [
    {
      title: 'from the input: large map',
      inputs: { x: [3, 6, 15, 14], w: [6, 6, 5, 5] },
      build: conv({ pads: [2, 2, 2, 2] }),
      leaves: { Gather: 0, Conv: 2 },
    },
    {
      title: 'from the input: oblong kernel, uneven padding, stride 2',
      inputs: { x: [2, 5, 9, 12], w: [4, 5, 3, 2] },
      build: conv({ pads: [1, 0, 2, 1], strides: [2, 2] }),
      leaves: { Gather: 0, Conv: 2 },
    },
    {
      title: 'from the input: an unused row and column and no padding that could be less',
      inputs: { x: [2, 5, 8, 10], w: [4, 5, 3, 3] },
      build: conv({ strides: [2, 2] }),
      leaves: { Gather: 0, Conv: 2, Slice: 1 },
    },
    {
      title: 'from the input: stride 3 with an unused row within the padding',
      inputs: { x: [2, 5, 8, 9], w: [4, 5, 3, 3] },
      build: conv({ strides: [3, 3], pads: [2, 1, 2, 1] }),
      leaves: { Gather: 0, Conv: 2 },
    },
    {
      title: 'from the output: more filters on a small map',
      inputs: { x: [3, 5, 7, 6], w: [9, 5, 3, 3] },
      build: conv({ pads: [1, 1, 1, 1] }),
      leaves: { Gather: 1, Conv: 2 },
    },
    {
      title: 'from the output: uneven padding',
      inputs: { x: [2, 5, 7, 8], w: [9, 5, 3, 4] },
      build: conv({ pads: [2, 0, 1, 3] }),
      leaves: { Gather: 1, Conv: 2 },
    },
    {
      title: 'more channels and samples than a product turns cheaply',
      inputs: { x: [3, 34, 15, 14], w: [3, 34, 3, 3] },
      build: conv({}),
      leaves: { Gather: 0, MatMul: 0 },
    },
    {
      title: 'dilation is left alone',
      inputs: { x: [2, 5, 9, 9], w: [4, 5, 3, 3] },
      build: conv({ dilations: [2, 2] }),
      leaves: { Gather: 0, Reshape: 0 },
    },
    {
      title: 'groups are left alone',
      inputs: { x: [2, 4, 6, 6], w: [4, 2, 3, 3] },
      build: (builder) => builder.op('Conv', ['x', 'w'], { group: 2 }, { name: 'y' }),
      leaves: { Gather: 0 },
    },
  ],
)
