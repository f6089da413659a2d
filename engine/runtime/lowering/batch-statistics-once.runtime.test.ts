import { type GraphBuilder, float } from '../../onnx/graph-builder.ts'
import { float32Tensor } from '../../onnx/graph.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { batchNormalizationOnOwnConstants } from './batch-normalization-on-own-constants.ts'
import { batchStatisticsOnce } from './batch-statistics-once.ts'

const normalize =
  (momentum: number) =>
  (builder: GraphBuilder): string => {
    const running = [0, 1].map((value) =>
      builder.constant('running', float32Tensor([3], new Float32Array(3).fill(value))),
    )
    const attributes = { training_mode: 1, momentum: float(momentum) }
    const inputs = ['x', 'scale', 'shift', ...running]
    return builder.op('BatchNormalization', inputs, attributes, { name: 'y', outputCount: 3 })
  }

const once = [[batchNormalizationOnOwnConstants], [batchStatisticsOnce]]

testLowering('statistics of a batch computed once', once, [
  {
    title: 'images, with a momentum that hides the statistics',
    inputs: { x: [4, 3, 5, 6], scale: [3], shift: [3] },
    build: normalize(0.9),
    leaves: { ReduceMean: 0, BatchNormalization: 1 },
  },
  {
    title: 'vectors',
    inputs: { x: [16, 3], scale: [3], shift: [3] },
    build: normalize(0.9),
    leaves: { ReduceMean: 0 },
  },
  {
    title: 'two normalisations of the same images',
    inputs: { x: [4, 3, 5, 6], scale: [3], shift: [3] },
    build: (builder) => {
      const [one, other] = [normalize(0.9)(builder), normalize(0.8)(builder)]
      return builder.op('Mul', [one, other], {}, { name: 'product' })
    },
    leaves: { ReduceMean: 0, BatchNormalization: 2 },
  },
  {
    title: 'means over other axes, or of something else, are left alone',
    inputs: { x: [4, 3, 5, 6], scale: [3], shift: [3] },
    build: (builder) => {
      const y = normalize(0)(builder)
      const ofRows = builder.op('ReduceMean', ['x', builder.ints([2, 3])])
      const squares = builder.op('ReduceMean', [builder.op('Mul', ['x', 'x']), builder.ints([0, 2, 3])])
      return builder.op('Mul', [y, builder.op('Add', [ofRows, squares])], {}, { name: 'product' })
    },
    leaves: { ReduceMean: 2 },
  },
])

testLowering(
  'statistics of a batch that come with its normalisation',
  [[batchStatisticsOnce]],
  [
    {
      title: 'not taken from a node that returns running statistics',
      inputs: { x: [4, 3, 5, 6], scale: [3], shift: [3] },
      build: normalize(0.9),
      leaves: { ReduceMean: 2 },
    },
  ],
)
