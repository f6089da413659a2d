import type { LayerWeights } from '../../engine/filters/measures/layer-weights.ts'
import { randomStream } from '../../engine/random/stream.ts'

type Shape = LayerWeights['shape']

const lenet: readonly Shape[] = [
  [6, 1, 5, 5],
  [16, 6, 5, 5],
  [120, 16, 5, 5],
  [84, 120, 1, 1],
  [10, 84, 1, 1],
]

/** Two 3×3 convolutions a block; the first of a stage also shrinks the map beside a 1×1 convolution. */
const resnet18: readonly Shape[] = [
  [64, 3, 7, 7],
  ...[64, 128, 256, 512].flatMap((width, stage): Shape[] => {
    const before = stage === 0 ? 64 : width / 2
    const beside: Shape[] = stage === 0 ? [] : [[width, before, 1, 1]]
    return [[width, before, 3, 3], ...beside, ...new Array<Shape>(3).fill([width, width, 3, 3])]
  }),
]

const resnet50: readonly Shape[] = [
  [64, 3, 7, 7],
  ...[3, 4, 6, 3].flatMap((blocks, stage): Shape[] => {
    const width = 64 * 2 ** stage
    const before = stage === 0 ? 64 : 2 * width
    return Array.from({ length: blocks }, (_, block): Shape[] => [
      [width, block === 0 ? before : 4 * width, 1, 1],
      [width, width, 3, 3],
      [4 * width, width, 1, 1],
      ...(block === 0 ? [[4 * width, before, 1, 1] as Shape] : []),
    ]).flat()
  }),
]

/** All layers of LeNet, all convolutions of the others, and the milliseconds that their verdict may take. */
export const verdictNetworks = {
  lenet: { shapes: lenet, budgetMs: 10 },
  resnet18: { shapes: resnet18, budgetMs: 1500 },
  resnet50: { shapes: resnet50, budgetMs: 4000 },
} as const
export type VerdictNetwork = keyof typeof verdictNetworks

/** Noise, smoothed a little, with strong and weak slices: not the easiest case for anything. */
export function verdictWeights(shape: Shape): LayerWeights {
  const stream = randomStream('speed', ...shape)
  const size = shape.reduce((product, each) => product * each)
  let last = 0
  const values = Float32Array.from({ length: size }, () => (last = 0.4 * last + stream.normal()))
  return { shape, values }
}
