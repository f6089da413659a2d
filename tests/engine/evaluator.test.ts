import { expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import type { Samples } from '../../engine/datasets/dataset.ts'
import type { Architecture } from '../../engine/protocol/architecture.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { Evaluator } from '../../engine/trainer/evaluator.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'
import { buildTrainingStep } from '../../engine/training/training-step.ts'

const weights = ['fc1.weight', 'fc1.bias']
const classes = 3

function architecture(pool: number): Architecture {
  return {
    name: 'pooled',
    layers: [
      { kind: 'averagePool', name: 'pool1', kernel: [pool, pool], stride: [pool, pool], padding: [0, 0] },
      { kind: 'dropout', name: 'drop1', rate: 0 },
      { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
    ],
  }
}

function build(size: number, pool: number) {
  const input = { channels: 1, height: size, width: size, classes } as const
  return buildNetwork(architecture(pool), input, { mean: [0.5], standardDeviation: [0.25] }, 'heNormal', 4)
}

/** Pictures of random pixels; `reads` takes down how many are read at once. */
function randomSamples(count: number, size: number, reads: number[] = []): Samples {
  const stream = randomStream('samples')
  const pictureBytes = size * size
  const all = Uint8Array.from({ length: count * pictureBytes }, () => stream.integer(256))
  const readNow = (indices: ArrayLike<number>, target: Uint8Array) => {
    reads.push(indices.length)
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number
      target.set(all.subarray(index * pictureBytes, (index + 1) * pictureBytes), i * pictureBytes)
    }
  }
  return {
    count,
    labels: Uint16Array.from({ length: count }, () => stream.integer(classes)),
    pictureBytes,
    readNow,
    read: (indices, target) => Promise.resolve(readNow(indices, target)),
    originOf: String,
  }
}

it('measures what the training step measures with the same weights, over batches of any size', async () => {
  const [size, count] = [8, 300]
  const network = build(size, 2)
  const samples = randomSamples(count, size)
  const pixels = new Uint8Array(count * size * size)
  await samples.read(
    Uint32Array.from({ length: count }, (_, index) => index),
    pixels,
  )
  const questions = (['crossEntropy', 'meanSquaredError'] as const).flatMap((loss) => [
    { loss, classWeights: undefined },
    { loss, classWeights: [0.25, 1, 4] },
  ])
  for (const { loss, classWeights } of questions) {
    const evaluator = await Evaluator.create(network, weights, [size, size, 1], classes, loss, 1, classWeights)
    const step = buildTrainingStep(network, {
      batchSize: count,
      imageDims: [size, size, 1],
      classes,
      loss,
      classWeights,
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0, decay: 'l2' },
      schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
      seed: 0,
      trainable: weights,
    })
    const runner = await createStepRunner(step, 'cpu', 1, new Map())
    const measured = await evaluator.evaluate(samples, await runner.state(), () => Promise.resolve())
    const trained = await runner.run({ pixels, labels: BigInt64Array.from(samples.labels, BigInt), count: 1 }, 0.1)
    expect(measured.loss).toBeCloseTo(trained.losses[0] as number, 5)
    expect(measured.accuracy).toBeCloseTo((trained.corrects[0] as number) / count, 10)
    await runner.release()
    await evaluator.release()
  }
})

it('reads few pictures at once where they are large', async () => {
  const size = 1200
  const network = build(size, 400)
  const reads: number[] = []
  const evaluator = await Evaluator.create(network, weights, [size, size, 1], classes, 'crossEntropy', 1)
  await evaluator.evaluate(randomSamples(5, size, reads), network.initializers, () => Promise.resolve())
  expect(reads).toEqual([2, 2, 1])
  await evaluator.release()
})
