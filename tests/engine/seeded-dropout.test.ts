import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { seedDropout } from '../../engine/training/seeded-dropout.ts'
import { runOnCpu } from './run-on-cpu.ts'

const dims = [80, 125]
const count = 10_000
const rate = 0.3

function withDropout(layers = 1): GraphBuilder {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims } })
  builder.input({ name: 'step', type: { dataType: 'int64', dims: [] } })
  for (let layer = 1; layer <= layers; layer++) {
    builder.op('Dropout', ['x', builder.scalar(rate)], {}, { name: `dropped${layer}` })
  }
  return builder
}

/** Of ones: what each mask multiplies with, 0 or 1 / (1 − rate). */
async function masks(seed: number, step: number, layers = 1): Promise<Float32Array[]> {
  const builder = withDropout(layers)
  const names = Array.from({ length: layers }, (_, layer) => `dropped${layer + 1}`)
  for (const name of names) builder.output({ name, type: { dataType: 'float32', dims } })
  const graph = seedDropout(builder.build('dropout'), 'step', seed, () => dims)
  const ones = float32Tensor(dims, new Float32Array(count).fill(1))
  const results = await runOnCpu(graph, { x: ones, step: int64Tensor([], [step]) })
  return names.map((name) => results[name]?.data as Float32Array)
}

async function mask(seed: number, step: number): Promise<Float32Array> {
  return (await masks(seed, step))[0] as Float32Array
}

/** Of two masks as 0 and 1; both drawn independently it is within 5 standard errors of 0, 5/√n. */
function correlation(one: Float32Array, other: Float32Array): number {
  const kept = (values: Float32Array) => Array.from(values, (value) => (value > 0 ? 1 : 0) - (1 - rate))
  const [a, b] = [kept(one), kept(other)]
  const product = a.reduce((sum, value, index) => sum + value * (b[index] as number), 0)
  return product / (a.length * rate * (1 - rate))
}

function shifted(values: Float32Array, by: number): [Float32Array, Float32Array] {
  return [values.subarray(0, values.length - by), values.subarray(by)]
}

const fiveErrors = 5 / Math.sqrt(count)

describe('seeded dropout', () => {
  it('keeps its share, at 1 / (1 − rate), whatever the seed and the step', async () => {
    for (const seed of [0, 1, 12_345, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      for (const step of [0, 1, 2, 1000, 10 ** 9]) {
        const values = await mask(seed, step)
        const kept = values.filter((value) => value > 0)
        const share = kept.length / count
        expect(Math.abs(share - (1 - rate)), `seed ${seed}, step ${step}`).toBeLessThan(
          5 * Math.sqrt((rate * (1 - rate)) / count),
        )
        expect(new Set(kept)).toEqual(new Set([Math.fround(1 / Math.fround(1 - rate))]))
      }
    }
  })

  it('is the same for the same seed and step, and independent of every other', async () => {
    const values = await mask(7, 40)
    expect(await mask(7, 40)).toEqual(values)
    const others = [await mask(7, 41), await mask(7, 39), await mask(8, 40), await mask(7 + 2 ** 31, 40)]
    for (const other of others) expect(Math.abs(correlation(values, other))).toBeLessThan(fiveErrors)
    expect((await masks(7, 40, 2))[0]).toEqual(values)
  })

  it.each([7, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'differs from layer to layer and from seed %i to the next',
    async (seed) => {
      const [first, second] = (await masks(seed, 40, 2)) as [Float32Array, Float32Array]
      const before = await mask(seed - 1, 40)
      for (const other of [second, before]) expect(Math.abs(correlation(first, other))).toBeLessThan(fiveErrors)
    },
  )

  it('has no pattern along or across rows, nor from step to step', async () => {
    const values = await mask(3, 5)
    for (const distance of [1, 2, 3, 5, 8, 124, 125, 126, 250]) {
      expect(Math.abs(correlation(...shifted(values, distance))), `neighbour ${distance}`).toBeLessThan(fiveErrors)
    }
    const next = await mask(3, 6)
    for (const distance of [1, 2, 7919]) {
      const moved = correlation(values.subarray(0, count - distance), next.subarray(distance))
      expect(Math.abs(moved), `next step, ${distance} on`).toBeLessThan(5 / Math.sqrt(count - distance))
    }
  })

  it('lets the gradient through kept units only, scaled as they are', async () => {
    const builder = withDropout()
    builder.op('ReduceSum', ['dropped1'], { keepdims: 0 }, { name: 'sum' })
    builder.output({ name: 'sum', type: { dataType: 'float32', dims: [] } })
    const seeded = seedDropout(builder.build('dropout'), 'step', 9, () => dims)
    const { graph, gradients } = differentiate(seeded, 'sum', ['x'], rules)
    const gradient = gradients.get('x') as string
    const outputs = [...graph.outputs, { name: gradient, type: { dataType: 'float32', dims } } as const]
    const x = float32Tensor(dims, new Float32Array(count).fill(0.5))
    const results = await runOnCpu({ ...graph, outputs }, { x, step: int64Tensor([], [2]) })
    expect(results[gradient]?.data).toEqual(await mask(9, 2))
  })

  it('refuses a rate that the graph computes', () => {
    const builder = new GraphBuilder()
    builder.input({ name: 'x', type: { dataType: 'float32', dims } })
    builder.op('Dropout', ['x', builder.op('Identity', [builder.scalar(rate)])], {}, { name: 'drop1' })
    expect(() => seedDropout(builder.build('computed'), 'step', 0, () => dims)).toThrow('rate of dropout "drop1"')
  })
})
