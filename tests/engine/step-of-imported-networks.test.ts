import { expect, it } from 'vitest'
import { GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'
import { type TrainingStepOptions, buildTrainingStep } from '../../engine/training/training-step.ts'

/** image [batch,1,2,2] → normalisation → two scores. */
function network(): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', 1, 2, 2] } })
  const one = (name: string, value: number) => builder.initializer(name, float32Tensor([1], Float32Array.of(value)))
  const inputs = ['image', one('scale', 1), one('shift', 0), one('mean', 50), one('variance', 4)]
  const normalized = builder.op('BatchNormalization', inputs, { momentum: float(0.75) }, { name: 'normalized' })
  const weight = float32Tensor([2, 4], Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8))
  const flat = builder.op('Flatten', [normalized], { axis: 1 })
  builder.op('Gemm', [flat, builder.initializer('weight', weight)], { transB: 1 }, { name: 'logits' })
  builder.output({ name: 'logits', type: { dataType: 'float32', dims: ['batch', 2] } })
  return builder.build('normalised')
}

const pixels = Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80, 15, 25, 90, 100)

async function afterSteps(options: Partial<TrainingStepOptions>, count = 1): Promise<ReadonlyMap<string, Tensor>> {
  const step = buildTrainingStep(network(), {
    batchSize: 3,
    imageDims: [2, 2, 1],
    classes: 2,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0, decay: 'l2' },
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
    seed: 0,
    trainable: ['scale', 'shift', 'weight'],
    ...options,
  })
  const runner = await createStepRunner(step, 'cpu', 1, new Map())
  const repeated = Uint8Array.from({ length: count * pixels.length }, (_, at) => pixels[at % pixels.length] as number)
  const labels = BigInt64Array.from({ length: 3 * count }, (_, at) => (at % 3 === 1 ? 1n : 0n))
  await runner.run({ pixels: repeated, labels, count }, 0.01)
  const state = new Map(await runner.state())
  await runner.release()
  return state
}

const first = (state: ReadonlyMap<string, Tensor>, name: string) => (state.get(name)?.data as Float32Array)[0] as number

it('keeps running statistics by the convention of the operator, step after step', async () => {
  const mean = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length
  const variance = pixels.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / pixels.length
  const trained = { trainedNormalizations: new Set(['normalized']) }
  const once = await afterSteps(trained)
  expect(first(once, 'mean')).toBeCloseTo(0.75 * 50 + 0.25 * mean, 3)
  expect(first(once, 'variance')).toBeCloseTo(0.75 * 4 + 0.25 * variance, 2)
  const thrice = await afterSteps(trained, 3)
  expect(first(thrice, 'mean')).toBeCloseTo(0.75 ** 3 * 50 + (1 - 0.75 ** 3) * mean, 3)
})

it('leaves statistics out of what changes where they are frozen', async () => {
  expect((await afterSteps({})).has('mean')).toBe(false)
})

it('lets a weight learn at its share of the learning rate', async () => {
  const changeOf = async (factor: number) => {
    const state = await afterSteps({ learningRateFactors: new Map([['weight', factor]]) })
    return [first(state, 'weight') - 0.1, first(state, 'shift')] as const
  }
  const [whole, wholeShift] = await changeOf(1)
  const [tenth, tenthShift] = await changeOf(0.1)
  expect(Math.abs(whole)).toBeGreaterThan(1e-3)
  expect(tenth / whole).toBeCloseTo(0.1, 3)
  expect(tenthShift).toBe(wholeShift)
})
