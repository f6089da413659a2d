import { ArchitectureError, buildNetwork, normalizedImageName } from '../architectures/build-network.ts'
import { describeArchitecture } from '../architectures/describe-architecture.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { type OpenDatasetOptions, openDataset } from '../datasets/open-dataset.ts'
import { type FilterLayer, findFilterLayers } from '../filters/kernel-layers.ts'
import type { Graph } from '../onnx/graph.ts'
import type { OpenedRun } from '../protocol/runs.ts'
import type { RunSettings } from '../protocol/settings.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { type TrainingStep, buildTrainingStep } from '../training/training-step.ts'

/** [H, W, C] */
export type ImageDims = readonly [number, number, number]

/** Everything a run needs before its first step. */
export interface PreparedRun {
  readonly dataset: Dataset
  readonly network: Graph
  readonly step: TrainingStep
  readonly trainable: readonly string[]
  readonly filterLayers: readonly FilterLayer[]
  readonly imageDims: ImageDims
  readonly classes: number
  readonly batchSize: number
  readonly stepsPerEpoch: number
  readonly totalSteps: number
  readonly description: OpenedRun
}

/**
 * Opens the data, builds the network with its initial weights and the training step.
 * Throws DataError, ArchitectureError or DifferentiationError with a sentence for a person,
 * OpeningCancelledError after the signal of `opening`.
 */
export async function prepareRun(
  folder: RunFolder,
  settings: RunSettings,
  opening: OpenDatasetOptions,
): Promise<PreparedRun> {
  const { training } = settings
  if (settings.network.kind === 'model') {
    throw new ArchitectureError(`${settings.network.path} cannot be trained by this version; open a network of layers.`)
  }
  const { architecture } = settings.network
  const dataset = await openDataset(settings.data, opening)
  const { summary } = dataset
  const { width, height, channels } = summary.image
  const input = { width, height, channels, classes: summary.classes.length }
  const network = buildNetwork(architecture, input, summary, training.initializer, training.seed)
  const trainable = [...network.initializers.keys()].filter((name) => /\.(weight|bias)$/.test(name))
  const batchSize = Math.min(training.batchSize, summary.counts.train)
  const stepsPerEpoch = Math.floor(summary.counts.train / batchSize)
  const totalSteps = stepsPerEpoch * training.epochs
  const imageDims: ImageDims = [height, width, channels]
  const step = buildTrainingStep(network, {
    batchSize,
    imageDims,
    classes: input.classes,
    loss: training.loss,
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
    trainable,
  })
  const description = describeArchitecture(architecture, input)
  const shapes = new Map<string, readonly number[]>([
    [normalizedImageName, [channels, height, width]],
    ...description.layers.map(({ name, outputShape }) => [name, outputShape] as const),
  ])
  const filterLayers = findFilterLayers(network, (tensor) => {
    const [depth, rows, columns] = shapes.get(tensor) ?? []
    return columns === undefined ? undefined : [depth as number, rows as number, columns]
  })
  return {
    dataset,
    network,
    step,
    trainable,
    filterLayers,
    imageDims,
    classes: input.classes,
    batchSize,
    stepsPerEpoch,
    totalSteps,
    description: {
      id: folder.id,
      folder: folder.path,
      architectureName: architecture.name,
      dataTitle: summary.title,
      control: settings.data.control,
      image: summary.image,
      training,
      createdAt: folder.createdAt,
      phase: 'preparing',
      epochs: training.epochs,
      stepsPerEpoch,
      totalSteps,
      step: 0,
      classes: summary.classes.map(({ name }) => name),
      data: summary,
      network: description,
      kernelLayers: filterLayers.map(({ name, operator, shape }) => ({ name, operator, shape })),
      activationLayers: description.layers.map(({ name, kind, outputShape }) => ({ name, kind, shape: outputShape })),
    },
  }
}
