import { setImmediate as othersHadTheirTurn } from 'node:timers/promises'
import { buildNetwork } from '../../architectures/build-network.ts'
import { type StepBatch, type StepRunner, createStepRunner } from '../../networks/step-runner.ts'
import { type TrainingStep, buildTrainingStep } from '../../training/training-step.ts'
import type { CalibrationNetwork } from './calibration-networks.ts'

/** Each network takes a step this many times, in turns, so that all see the same of what else the machine does. */
const ROUNDS = 4

const neutral = { mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25] }

interface Timed {
  readonly runner: StepRunner
  readonly batch: StepBatch
  shortest: number
}

/**
 * Seconds of a training step of each network as a run takes it on the CPU, the shortest of several: what else the machine
 * does can only make it longer. Throws RuntimeError.
 */
export async function timeSteps<Name extends string>(
  networks: Readonly<Record<Name, CalibrationNetwork>>,
  threads: number,
): Promise<Record<Name, number>> {
  const all = new Map<Name, Timed>()
  try {
    for (const [name, network] of Object.entries(networks) as [Name, CalibrationNetwork][]) {
      await othersHadTheirTurn()
      const batch = batchOf(network)
      const runner = await createStepRunner(stepOf(network), 'cpu', threads, new Map())
      all.set(name, { runner, batch, shortest: Infinity })
      // The first step also reserves memory.
      await runner.run(batch, 1e-4)
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const timed of all.values()) {
        await othersHadTheirTurn()
        const begin = performance.now()
        await timed.runner.run(timed.batch, 1e-4)
        timed.shortest = Math.min(timed.shortest, (performance.now() - begin) / 1000)
      }
    }
    return Object.fromEntries([...all].map(([name, { shortest }]) => [name, shortest])) as Record<Name, number>
  } finally {
    for (const { runner } of all.values()) await runner.release()
  }
}

function stepOf({ architecture, input, batchSize }: CalibrationNetwork): TrainingStep {
  const graph = buildNetwork(architecture, input, neutral, 'heUniform', 1)
  const normalizations = graph.nodes.filter(({ opType }) => opType === 'BatchNormalization')
  return buildTrainingStep(graph, {
    batchSize,
    imageDims: [input.height, input.width, input.channels],
    classes: input.classes,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0, decay: 'l2' },
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
    seed: 1,
    trainable: [...graph.initializers.keys()].filter((name) => /\.(weight|bias)$/.test(name)),
    trainedNormalizations: new Set(normalizations.map(({ outputs }) => outputs[0] ?? '')),
  })
}

function batchOf({ input, batchSize }: CalibrationNetwork): StepBatch {
  const pixels = new Uint8Array(batchSize * input.width * input.height * input.channels)
  for (let index = 0; index < pixels.length; index++) pixels[index] = (index * 97) % 251
  const labels = BigInt64Array.from({ length: batchSize }, (_, index) => BigInt(index % input.classes))
  return { pixels, labels, count: 1 }
}
