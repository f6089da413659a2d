import { describe, expect, it } from 'vitest'
import { GraphBuilder, float } from '../../onnx/graph-builder.ts'
import { type Graph, float32Tensor } from '../../onnx/graph.ts'
import { largestDifferences, testLowering } from '../../../tests/engine/check-lowering.ts'
import { batchNormalizationByStatistics } from './batch-normalization-by-statistics.ts'
import { batchNormalizationOnOwnConstants } from './batch-normalization-on-own-constants.ts'
import { rewriteGraph } from './rewrite-graph.ts'

const training = { training_mode: 1, momentum: float(0), epsilon: float(1e-3) }

const normalize =
  (channels: number) =>
  (builder: GraphBuilder): string => {
    const zeros = builder.constant('zeros', float32Tensor([channels], new Float32Array(channels)))
    const ones = builder.constant('ones', float32Tensor([channels], new Float32Array(channels).fill(1)))
    return builder.op('BatchNormalization', ['x', 'scale', 'shift', zeros, ones], training, {
      name: 'y',
      outputCount: 3,
    })
  }

testLowering(
  'batch normalisation by its statistics',
  [[batchNormalizationByStatistics]],
  [
    {
      title: 'images',
      inputs: { x: [4, 3, 5, 6], scale: [3], shift: [3] },
      build: normalize(3),
      leaves: { BatchNormalization: 0 },
    },
    {
      title: 'vectors',
      inputs: { x: [16, 5], scale: [5], shift: [5] },
      build: normalize(5),
      leaves: { BatchNormalization: 0 },
    },
  ],
)

testLowering(
  'batch normalisation on constants of its own',
  [[batchNormalizationOnOwnConstants]],
  [
    {
      title: 'images',
      inputs: { x: [4, 3, 5, 6], scale: [3], shift: [3] },
      build: normalize(3),
      leaves: { BatchNormalization: 1 },
    },
  ],
)

const feeds = {
  x: float32Tensor(
    [8, 3, 4, 4],
    Float32Array.from({ length: 384 }, (_, index) => Math.sin(index * index)),
  ),
  scale: float32Tensor([3], Float32Array.of(1, 2, 0.5)),
  shift: float32Tensor([3], Float32Array.of(0, 1, -1)),
  mean: float32Tensor([3], Float32Array.of(0.1, 0.2, 0.3)),
  variance: float32Tensor([3], Float32Array.of(1, 1.5, 2)),
}

/** Two layers that share their running statistics, so that what one writes is what the other reads. */
function twoLayers(momentum: number): Graph {
  const builder = new GraphBuilder()
  for (const [name, { dims }] of Object.entries(feeds)) builder.input({ name, type: { dataType: 'float32', dims } })
  const attributes = { training_mode: 1, momentum: float(momentum) }
  const layer = (x: string, name: string) =>
    builder.ops('BatchNormalization', [x, 'scale', 'shift', 'mean', 'variance'], attributes, { name, outputCount: 3 })
  const first = layer('x', 'first')
  const second = layer(builder.op('Exp', [first[0] as string]), 'second')
  for (const name of [...first, ...second]) {
    builder.output({ name: builder.op('Mul', [name, builder.scalar(2)], {}, { name: `${name}/out` }), type: undefined })
  }
  return builder.build('two layers')
}

describe.each([0, 0.8])('two layers with one running mean and variance, momentum %d', (momentum) => {
  it('have each their own, and what was fed stays as it was', async () => {
    const before = structuredClone(feeds)
    // The runtime's own form is no reference here: it is what goes wrong.
    const byParts = rewriteGraph(twoLayers(momentum), [batchNormalizationByStatistics])
    const onOwn = rewriteGraph(twoLayers(momentum), [batchNormalizationOnOwnConstants])
    const differences = await largestDifferences(byParts, onOwn, feeds)
    expect(Math.max(...Object.values(differences))).toBeLessThan(1e-5)
    expect(feeds).toEqual(before)
  })
})
