import { afterAll, beforeAll, describe, it } from 'vitest'
import type { LayerWeights } from '../../engine/filters/measures/layer-weights.ts'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { type RuntimeRowProducts, createRowProducts } from '../../engine/runtime/row-products.ts'

type Shape = LayerWeights['shape']

const lenet: Shape[] = [
  [6, 1, 5, 5],
  [16, 6, 5, 5],
]

const lenetRows: Shape[] = [
  [120, 16, 5, 5],
  [84, 120, 1, 1],
  [10, 84, 1, 1],
]

/** Two 3×3 convolutions a block; the first of a stage also shrinks the map beside a 1×1 convolution. */
const resnet18: Shape[] = [
  [64, 3, 7, 7],
  ...[64, 128, 256, 512].flatMap((width, stage): Shape[] => {
    const before = stage === 0 ? 64 : width / 2
    const beside: Shape[] = stage === 0 ? [] : [[width, before, 1, 1]]
    return [[width, before, 3, 3], ...beside, ...new Array<Shape>(3).fill([width, width, 3, 3])]
  }),
]

const resnet50: Shape[] = [
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

/** Noise, smoothed a little, with strong and weak slices: not the easiest case for anything. */
function weights(shape: Shape): LayerWeights {
  const stream = randomStream('speed', ...shape)
  const size = shape.reduce((product, each) => product * each)
  let last = 0
  const values = Float32Array.from({ length: size }, () => (last = 0.4 * last + stream.normal()))
  return { shape, values }
}

let products: RuntimeRowProducts
beforeAll(async () => {
  products = await createRowProducts()
})
afterAll(() => products.release())

describe('time of a verdict with known null distributions, and of the first', () => {
  it.each([
    { name: 'LeNet, convolutions', shapes: lenet },
    { name: 'LeNet, all layers', shapes: [...lenet, ...lenetRows] },
    { name: 'ResNet-18', shapes: resnet18 },
    { name: 'ResNet-50', shapes: resnet50 },
  ])('$name', async ({ name, shapes }) => {
    const layers = shapes.map(weights)
    const tools = { nulls: new NullLibrary(), rowProducts: products.compute }
    const timings: number[] = []
    for (let turn = 0; turn < 4; turn++) {
      const start = performance.now()
      const perLayer = new Map<string, number>()
      for (const layer of layers) {
        const from = performance.now()
        await judgeLayer(layer, tools)
        const key = layer.shape.join('×')
        perLayer.set(key, (perLayer.get(key) ?? 0) + performance.now() - from)
      }
      timings.push(performance.now() - start)
      if (turn < 3) continue
      const slowest = [...perLayer].sort(([, a], [, b]) => b - a).slice(0, 8)
      console.log(`  ${slowest.map(([key, ms]) => `${key} ${ms.toFixed(0)} ms`).join(', ')}`)
    }
    const [first, ...others] = timings
    const usual = others.sort((a, b) => a - b)[1]!
    console.log(`${name}: ${usual.toFixed(1)} ms, ${first!.toFixed(0)} ms with nothing known`)
  })
})
