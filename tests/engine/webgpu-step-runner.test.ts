import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import { type StepBatch, type StepRunner, createStepRunner } from '../../engine/networks/step-runner.ts'
import { type TrainingStepOptions, buildTrainingStep } from '../../engine/training/training-step.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { softwareGpuIsMissing, useSoftwareGpu } from './software-gpu.ts'

const batchSize = 4
const size = 6

function load(provider: 'webgpu' | 'cpu' = 'webgpu', labels: Partial<TrainingStepOptions> = {}): Promise<StepRunner> {
  if (provider === 'webgpu') useSoftwareGpu()
  const network = buildNetwork(
    { name: 'one', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
    { channels: 1, height: size, width: size, classes: 2 },
    { mean: [0.5], standardDeviation: [0.3] },
    'heNormal',
    1,
  )
  const step = buildTrainingStep(network, {
    batchSize,
    imageDims: [size, size, 1],
    classes: 2,
    loss: 'crossEntropy',
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decay: 'l2' },
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
    seed: 1,
    trainable: ['fc1.weight', 'fc1.bias'],
    ...labels,
  })
  return createStepRunner(step, provider, 1, new Map())
}

function makeBatch(count: number): StepBatch {
  const stream = randomStream('pictures', count)
  const pixels = Uint8Array.from({ length: count * batchSize * size * size }, () => stream.integer(256))
  return { pixels, labels: new BigInt64Array(count * batchSize).map((_, index) => BigInt(index % 2)), count }
}

async function weights(runner: StepRunner): Promise<Float32Array> {
  const state = await runner.state(['fc1.weight'])
  expect([...state.keys()]).toEqual(['fc1.weight'])
  return (state.get('fc1.weight')?.data as Float32Array).slice()
}

describe.skipIf(softwareGpuIsMissing !== undefined)(
  `the step runner on WebGPU${softwareGpuIsMissing === undefined ? '' : `: ${softwareGpuIsMissing}`}`,
  () => {
    it('takes back a run of several steps and repeats it to the same numbers', async () => {
      const runner = await load()
      await runner.run(makeBatch(2), 0.01)
      const before = await weights(runner)
      const first = await runner.run(makeBatch(3), 0.01)
      const after = await weights(runner)
      expect(after).not.toEqual(before)
      runner.undo()
      expect(await weights(runner)).toEqual(before)
      const again = await runner.run(makeBatch(3), 0.01)
      expect(again.losses).toEqual(first.losses)
      expect(await weights(runner)).toEqual(after)
      await runner.release()
    })

    it('counts weighted classes and mixed labels as the CPU does', async () => {
      const labels = { classWeights: [0.6, 3], mixesLabels: true }
      const runners = await Promise.all([load('webgpu', labels), load('cpu', labels)])
      const batch = makeBatch(3)
      const others = batch.labels.map((label, index) => (index % 3 === 0 ? 1n - label : label))
      const shares = Float32Array.from(others, (_, index) => 0.5 + (index % 5) / 10)
      const mixed = { ...batch, mixed: { labels: others, shares } }
      const [gpu, cpu] = await Promise.all(runners.map((runner) => runner.run(mixed, 0.01)))
      const plain = await (await load('cpu')).run(batch, 0.01)
      for (const [step, loss] of cpu!.losses.entries()) {
        expect(gpu!.losses[step]! / loss).toBeCloseTo(1, 4)
        expect(Math.abs(plain.losses[step]! / loss - 1)).toBeGreaterThan(0.01)
      }
      await Promise.all(runners.map((runner) => runner.release()))
    })

    it('takes none of the steps of a run that fails in the middle', async () => {
      const runner = await load()
      await runner.run(makeBatch(1), 0.01)
      const before = await weights(runner)
      const whole = makeBatch(2)
      const torn = { ...whole, pixels: whole.pixels.subarray(0, whole.pixels.length / 2) }
      await expect(runner.run(torn, 0.01)).rejects.toThrow('was refused')
      expect(await weights(runner)).toEqual(before)
      const { losses } = await runner.run(whole, 0.01)
      expect(losses.every(Number.isFinite)).toBe(true)
      await runner.release()
    })
  },
)
