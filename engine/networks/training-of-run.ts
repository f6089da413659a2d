import type { DataSummary } from '../protocol/data.ts'
import { epochSize } from '../protocol/epoch-size.ts'
import type { TrainingSettings } from '../protocol/settings.ts'
import { balancedClassWeights } from '../training/class-weights.ts'
import { type TrainingStep, buildTrainingStep } from '../training/training-step.ts'
import type { TrainedNetwork } from './trained-network.ts'

/** How a run trains: its step as a graph, and how often it is taken. */
export interface TrainingOfRun {
  readonly step: TrainingStep
  /** The tensors of the network without its heads that training changes: weights, and statistics of normalisations. */
  readonly weights: readonly string[]
  readonly batchSize: number
  readonly stepsPerEpoch: number
  readonly totalSteps: number
  /** How much the pictures of each class count in the loss; undefined where they count the same. */
  readonly classWeights: readonly number[] | undefined
}

/** Builds the training step of a run. Throws DifferentiationError or DropoutError. */
export function buildTrainingOfRun(
  network: TrainedNetwork,
  training: TrainingSettings,
  data: DataSummary,
): TrainingOfRun {
  const { batchSize, stepsPerEpoch } = epochSize(training.batchSize, data.counts.train)
  const totalSteps = stepsPerEpoch * training.epochs
  const { width, height, channels } = data.image
  const counts = data.classes.map(({ train }) => train)
  const classWeights = training.classBalance === 'weights' ? balancedClassWeights(counts) : undefined
  const { graph, heads } = network.withHeads ?? { graph: network.graph, heads: [] }
  const step = buildTrainingStep(graph, {
    batchSize,
    imageDims: [height, width, channels],
    classes: data.classes.length,
    loss: training.loss,
    heads,
    classWeights,
    mixesLabels: (training.augmentation?.mixup ?? 0) > 0,
    optimizer: training.optimizer,
    schedule: {
      kind: training.schedule.kind,
      warmupSteps: training.schedule.warmupSteps,
      factor: training.schedule.factor,
      everySteps: training.schedule.everyEpochs * stepsPerEpoch,
      totalSteps,
    },
    ...(training.clipNorm === undefined ? {} : { clipNorm: training.clipNorm }),
    seed: training.seed,
    trainable: [...network.learningRateFactors.keys()],
    learningRateFactors: network.learningRateFactors,
    trainedNormalizations: network.trainedNormalizations,
  })
  const weights = step.state.map(({ name }) => name).filter((name) => network.graph.initializers.has(name))
  return { step, weights, batchSize, stepsPerEpoch, totalSteps, classWeights }
}
