import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'
import type { Schedule } from '../../engine/training/schedule.ts'
import { buildTrainingStep } from '../../engine/training/training-step.ts'

const totalSteps = 60
const base = 0.02

/** The learning rate that the graph itself used at each step. */
async function ratesOf(schedule: Schedule): Promise<readonly number[]> {
  const network = buildNetwork(
    { name: 'one', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
    { channels: 1, height: 2, width: 2, classes: 2 },
    { mean: [0.5], standardDeviation: [0.3] },
    'heNormal',
    0,
  )
  const step = buildTrainingStep(network, {
    batchSize: 1,
    imageDims: [2, 2, 1],
    classes: 2,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0, decay: 'l2' },
    schedule,
    seed: 0,
    trainable: ['fc1.weight', 'fc1.bias'],
  })
  const runner = await createStepRunner(step, 'cpu', 1, new Map())
  const batch = { pixels: new Uint8Array(4 * totalSteps), labels: new BigInt64Array(totalSteps), count: totalSteps }
  const { learningRates } = await runner.run(batch, base)
  await runner.release()
  return [...learningRates]
}

const constant = { kind: 'constant', warmupSteps: 0, factor: 0.3, everySteps: 7, totalSteps } as const
const cosine = (step: number) => 0.5 * (1 + Math.cos((Math.PI * step) / totalSteps))
const steps = (step: number) => 0.3 ** Math.floor(step / 7)
const warmUp = (step: number) => Math.min(1, (step + 1) / 9)

describe('the learning rate over a whole training', () => {
  it.each<{ name: string; schedule: Schedule; factor: (step: number) => number }>([
    { name: 'constant', schedule: constant, factor: () => 1 },
    { name: 'step', schedule: { ...constant, kind: 'step' }, factor: steps },
    { name: 'cosine', schedule: { ...constant, kind: 'cosine' }, factor: cosine },
    { name: 'constant with warm-up', schedule: { ...constant, warmupSteps: 9 }, factor: warmUp },
    {
      name: 'step with warm-up',
      schedule: { ...constant, kind: 'step', warmupSteps: 9 },
      factor: (step) => steps(step) * warmUp(step),
    },
    {
      name: 'cosine with warm-up',
      schedule: { ...constant, kind: 'cosine', warmupSteps: 9 },
      factor: (step) => cosine(step) * warmUp(step),
    },
  ])('$name follows its formula at every step', async ({ schedule, factor }) => {
    const rates = await ratesOf(schedule)
    expect(rates).toHaveLength(totalSteps)
    // float32 counts π and the cosine to seven digits of the base rate.
    rates.forEach((rate, step) => expect(Math.abs(rate / base - factor(step)), `step ${step}`).toBeLessThan(5e-7))
  })
})
