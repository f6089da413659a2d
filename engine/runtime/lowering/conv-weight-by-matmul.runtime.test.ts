import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { convWeightByMatmul } from './conv-weight-by-matmul.ts'

testLowering(
  'the kernel gradient of a 1×1 convolution as a product',
  [[convWeightByMatmul]],
  [
    {
      title: 'square image',
      inputs: { x: [4, 6, 5, 5], w: [7, 6, 1, 1] },
      build: (builder) => builder.op('Conv', ['x', 'w'], { kernel_shape: [1, 1] }, { name: 'y' }),
      leaves: { Conv: 1, MatMul: 1 },
    },
    {
      title: 'one sample, oblong image',
      inputs: { x: [1, 3, 2, 9], w: [2, 3, 1, 1] },
      build: (builder) => builder.op('Conv', ['x', 'w'], { kernel_shape: [1, 1] }, { name: 'y' }),
      leaves: { Conv: 1, MatMul: 1 },
    },
    {
      title: 'stride 2 is left alone',
      inputs: { x: [2, 3, 6, 6], w: [2, 3, 1, 1] },
      build: (builder) => builder.op('Conv', ['x', 'w'], { kernel_shape: [1, 1], strides: [2, 2] }, { name: 'y' }),
      leaves: { Conv: 2, MatMul: 0 },
    },
    {
      title: 'padding is left alone',
      inputs: { x: [2, 3, 4, 4], w: [2, 3, 1, 1] },
      build: (builder) => builder.op('Conv', ['x', 'w'], { kernel_shape: [1, 1], pads: [1, 1, 1, 1] }, { name: 'y' }),
      leaves: { Conv: 2, MatMul: 0 },
    },
  ],
)
