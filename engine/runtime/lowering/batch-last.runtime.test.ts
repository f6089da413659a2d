import { type AttributeInput, type GraphBuilder, float } from '../../onnx/graph-builder.ts'
import { float32Tensor } from '../../onnx/graph.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { batchNormalizationBatchLast } from './batch-normalization-batch-last.ts'
import { batchNormalizationOnOwnConstants } from './batch-normalization-on-own-constants.ts'
import { convBatchLast } from './conv-batch-last.ts'
import { convInputByConv } from './conv-input-by-conv.ts'
import { convWeightByMergedWidth } from './conv-weight-by-merged-width.ts'
import { convWeightOfFewChannels } from './conv-weight-of-few-channels.ts'
import { elementwiseBatchLast } from './elementwise-batch-last.ts'
import { maxPoolBatchLast, maxPoolGradientBatchLast } from './max-pool-batch-last.ts'
import { sumBatchLast } from './sum-batch-last.ts'

const conv =
  (attributes: AttributeInput) =>
  (builder: GraphBuilder): string =>
    builder.op('Conv', ['x', 'w', 'b'], attributes, { name: 'y' })

testLowering(
  'a convolution over samples side by side',
  [[convInputByConv], [convBatchLast]],
  [
    {
      title: 'padded, with bias: forward and input gradient',
      inputs: { x: [8, 3, 6, 7], w: [4, 3, 5, 5], b: [4] },
      build: conv({ pads: [2, 2, 2, 2] }),
      // Forward, input gradient and the kernel's gradient, which this rewrite leaves alone.
      leaves: { Conv: 3, Transpose: 3 + 1 + 2 * 2 },
    },
    {
      title: 'oblong kernel, uneven padding, dilation',
      inputs: { x: [9, 2, 8, 9], w: [3, 2, 2, 3], b: [3] },
      build: conv({ pads: [1, 0, 0, 2], dilations: [2, 1] }),
      leaves: { Conv: 3, Transpose: 3 + 1 + 2 * 2 },
    },
    {
      title: 'too few samples are left alone',
      inputs: { x: [7, 3, 6, 7], w: [4, 3, 3, 3], b: [4] },
      build: conv({}),
      leaves: { Conv: 3, Transpose: 3 + 1 },
    },
    {
      title: 'stride 2 is left alone',
      inputs: { x: [8, 3, 7, 7], w: [4, 3, 3, 3], b: [4] },
      build: conv({ strides: [2, 2] }),
      leaves: { Conv: 2, ConvTranspose: 1, Transpose: 3 },
    },
  ],
)

const convThen = (builder: GraphBuilder, then: (tensor: string) => string): string =>
  then(builder.op('Conv', ['x', 'w'], { pads: [1, 1, 1, 1] }))

testLowering(
  'kernel gradients from samples side by side',
  [[convInputByConv], [convWeightOfFewChannels, convWeightByMergedWidth, convBatchLast, elementwiseBatchLast]],
  [
    {
      title: 'two layers: few channels, then many',
      inputs: { x: [8, 2, 7, 6], w: [6, 2, 3, 3], w2: [5, 6, 3, 3] },
      build: (builder) =>
        convThen(builder, (tensor) => builder.op('Conv', [builder.op('Relu', [tensor]), 'w2'], {}, { name: 'y' })),
      leaves: { Conv: 6, ConvTranspose: 0 },
    },
    {
      title: 'a second layer with more filters than channels',
      inputs: { x: [8, 1, 6, 6], w: [5, 1, 3, 3], w2: [9, 5, 3, 3] },
      build: (builder) =>
        convThen(builder, (tensor) =>
          builder.op('Conv', [builder.op('Tanh', [tensor]), 'w2'], { pads: [1, 1, 1, 1] }, { name: 'y' }),
        ),
      // One Gather orders dY's rows, the other rotates the kernel.
      leaves: { Conv: 6, Gather: 2 },
    },
    {
      title: 'a second layer of stride 2 reads what the first left side by side',
      inputs: { x: [8, 1, 8, 8], w: [5, 1, 3, 3], w2: [4, 5, 3, 3] },
      build: (builder) =>
        convThen(builder, (tensor) => builder.op('Conv', [tensor, 'w2'], { strides: [2, 2] }, { name: 'y' })),
      leaves: { ConvTranspose: 1 },
    },
  ],
)

const pool = (attributes: AttributeInput) => (builder: GraphBuilder) =>
  convThen(builder, (tensor) => builder.op('MaxPool', [tensor], attributes, { name: 'y' }))

testLowering(
  'pools over samples side by side',
  [[convInputByConv], [convBatchLast, maxPoolBatchLast, maxPoolGradientBatchLast, elementwiseBatchLast]],
  [
    {
      title: '2×2 with many ties: the first gets the gradient',
      inputs: { x: [8, 2, 8, 8], w: [3, 2, 3, 3] },
      withTies: ['x', 'w'],
      build: pool({ kernel_shape: [2, 2], strides: [2, 2] }),
      leaves: { MaxPool: 0, ScatterElements: 0 },
    },
    {
      title: '3×2 with ties, rows and columns left over',
      inputs: { x: [8, 2, 11, 9], w: [3, 2, 3, 3] },
      withTies: ['x', 'w'],
      build: pool({ kernel_shape: [3, 2], strides: [3, 2] }),
      leaves: { MaxPool: 0, ScatterElements: 0, Pad: 1 },
    },
    {
      title: '1×2',
      inputs: { x: [8, 2, 4, 6], w: [3, 2, 3, 3] },
      build: pool({ kernel_shape: [1, 2], strides: [1, 2] }),
      leaves: { MaxPool: 0, ScatterElements: 0 },
    },
    {
      title: 'windows that overlap are left alone',
      inputs: { x: [8, 2, 7, 7], w: [3, 2, 3, 3] },
      build: pool({ kernel_shape: [3, 3], strides: [2, 2] }),
      leaves: { MaxPool: 1, ScatterElements: 1 },
    },
    {
      title: 'padded windows are left alone',
      inputs: { x: [8, 2, 6, 6], w: [3, 2, 3, 3] },
      build: pool({ kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1] }),
      leaves: { MaxPool: 1, ScatterElements: 1 },
    },
  ],
)

testLowering(
  'elements and sums of samples side by side',
  [[convInputByConv], [convBatchLast, sumBatchLast, elementwiseBatchLast]],
  [
    {
      title: 'scalars, one value per channel, images of the same shape and of another',
      inputs: { x: [8, 2, 5, 4], w: [3, 2, 3, 3], scale: [3, 1, 1], other: [8, 3, 5, 4], row: [1, 1, 1, 4] },
      build: (builder) =>
        convThen(builder, (tensor) => {
          const scaled = builder.op('Mul', [tensor, 'scale'])
          const added = builder.op('Add', [builder.op('Sigmoid', [scaled]), 'other'])
          return builder.op('Add', [builder.op('Mul', [added, builder.scalar(0.5)]), 'row'], {}, { name: 'y' })
        }),
      leaves: { Sigmoid: 1 },
    },
    {
      title: 'means per channel that keep their axes',
      inputs: { x: [8, 2, 5, 4], w: [3, 2, 3, 3] },
      build: (builder) =>
        convThen(builder, (tensor) => {
          const mean = builder.op('ReduceMean', [tensor, builder.ints([0, 2, 3])])
          return builder.op('Mul', [tensor, mean], {}, { name: 'y' })
        }),
      leaves: { ReduceMean: 1 },
    },
  ],
)

testLowering(
  'batch normalisation of samples side by side',
  [
    [batchNormalizationOnOwnConstants, convInputByConv],
    [convBatchLast, batchNormalizationBatchLast, sumBatchLast, elementwiseBatchLast],
  ],
  [
    {
      title: 'in training form',
      inputs: { x: [8, 2, 5, 4], w: [3, 2, 3, 3], scale: [3], shift: [3] },
      build: (builder) =>
        convThen(builder, (tensor) => {
          const [mean, variance] = [0, 1].map((value) => {
            return builder.constant('running', float32Tensor([3], new Float32Array(3).fill(value)))
          }) as [string, string]
          const attributes = { training_mode: 1, momentum: float(0) }
          const inputs = [tensor, 'scale', 'shift', mean, variance]
          return builder.op('BatchNormalization', inputs, attributes, { name: 'y', outputCount: 3 })
        }),
      leaves: { BatchNormalization: 1 },
    },
  ],
)
