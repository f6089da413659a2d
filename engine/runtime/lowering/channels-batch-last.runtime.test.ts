import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { concatBatchLast, expandBatchLast, globalAveragePoolBatchLast, sliceBatchLast } from './channels-batch-last.ts'
import { convBatchLast } from './conv-batch-last.ts'
import { convInputByConv } from './conv-input-by-conv.ts'
import { convWeightByMatmul } from './conv-weight-by-matmul.ts'
import { elementwiseBatchLast } from './elementwise-batch-last.ts'

testLowering(
  'layers around convolutions over samples side by side',
  [
    [convInputByConv],
    [
      convWeightByMatmul,
      convBatchLast,
      concatBatchLast,
      sliceBatchLast,
      globalAveragePoolBatchLast,
      expandBatchLast,
      elementwiseBatchLast,
    ],
  ],
  [
    {
      title: 'two 1×1 convolutions joined, then averaged: nothing is turned between them',
      inputs: { x: [8, 3, 5, 4], w: [4, 3, 1, 1], w2: [5, 3, 1, 1] },
      build: (builder) => {
        const parts = ['w', 'w2'].map((weight) => builder.op('Relu', [builder.op('Conv', ['x', weight])]))
        const joined = builder.op('Concat', parts, { axis: 1 })
        return builder.op('GlobalAveragePool', [builder.op('Tanh', [joined])], {}, { name: 'y' })
      },
      // x, the cotangent and each kernel once, the result and dX back; one per dW inside the product.
      leaves: { GlobalAveragePool: 0, ReduceSum: 0, Transpose: 8 },
    },
    {
      title: 'joined by rows, counted from behind, with images that are not side by side',
      inputs: { x: [9, 3, 5, 4], w: [3, 3, 3, 3] },
      build: (builder) => {
        const y = builder.op('Conv', ['x', 'w'], { pads: [1, 1, 1, 1] })
        return builder.op('Concat', [y, 'x'], { axis: -2 }, { name: 'y' })
      },
      leaves: { Concat: 1 },
    },
    {
      title: 'every second row from the last one and every third column, cut as they lie between two convolutions',
      inputs: { x: [8, 3, 7, 8], w: [4, 3, 3, 3], w2: [5, 4, 2, 2] },
      build: (builder) => {
        const wide = builder.op('Conv', ['x', 'w'], { pads: [1, 1, 1, 1] })
        const bounds = [builder.ints([-1, 1]), builder.ints([-(2 ** 31), 8]), builder.ints([2, -1])]
        const cut = builder.op('Slice', [wide, ...bounds, builder.ints([-2, 3])])
        return builder.op('Conv', [cut, 'w2'], {}, { name: 'y' })
      },
      leaves: { Transpose: 15 },
    },
  ],
)
