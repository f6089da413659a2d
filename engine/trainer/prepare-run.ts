import { batchOptions } from '../datasets/batch-options.ts'
import type { BatchOptions } from '../datasets/batches.ts'
import { DataError, type Dataset } from '../datasets/dataset.ts'
import { type OpenDatasetOptions, openDataset } from '../datasets/open-dataset.ts'
import { buildTrainedNetwork } from '../networks/build-trained-network.ts'
import type { TrainedNetwork } from '../networks/trained-network.ts'
import { type TrainingOfRun, buildTrainingOfRun } from '../networks/training-of-run.ts'
import type { Tensor } from '../onnx/graph.ts'
import { networkName } from '../protocol/network.ts'
import type { OpenedRun } from '../protocol/runs.ts'
import type { RunSettings } from '../protocol/settings.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { readSourceModel } from './source-model.ts'

/** [H, W, C] */
export type ImageDims = readonly [number, number, number]

/** Everything a run needs before its first step. */
export interface PreparedRun extends TrainingOfRun {
  readonly dataset: Dataset
  readonly network: TrainedNetwork
  /** How it takes its pictures. */
  readonly batches: BatchOptions
  /** Kernels that do not change: they are kept once, with the weights of the birth. */
  readonly frozenKernels: ReadonlyMap<string, Tensor>
  readonly imageDims: ImageDims
  readonly classes: number
  readonly description: OpenedRun
}

/**
 * Opens the data, builds the network with its initial weights and the training step.
 * Throws DataError, ArchitectureError, ModelError, FineTuningError, ResizingError or DifferentiationError with a sentence for a person,
 * OpeningCancelledError after the signal of `opening`.
 */
export async function prepareRun(
  folder: RunFolder,
  settings: RunSettings,
  opening: OpenDatasetOptions,
): Promise<PreparedRun> {
  const source = folder.hasSource ? await readSourceModel(folder) : undefined
  const dataset = await openDataset(settings.data, opening)
  const { summary } = dataset
  if (summary.unlabelled) {
    throw new DataError(
      `${summary.title} holds pictures without labels, so there is nothing to learn from them; put the pictures of each class into a folder named after it, or a labels.csv beside them.`,
    )
  }
  const batches = batchOptions(dataset, settings.training)
  const network = buildTrainedNetwork(settings, summary, source)
  const ofRun = buildTrainingOfRun(network, settings.training, summary)
  const { width, height, channels } = summary.image
  const classes = summary.classes.map(({ name }) => name)
  return {
    ...ofRun,
    dataset,
    network,
    batches,
    frozenKernels: frozenKernels(network, ofRun.weights),
    imageDims: [height, width, channels],
    classes: classes.length,
    description: {
      id: folder.id,
      folder: folder.path,
      architectureName: networkName(settings.network),
      dataTitle: summary.title,
      control: settings.data.control,
      image: summary.image,
      training: settings.training,
      createdAt: folder.createdAt,
      phase: 'preparing',
      epochs: settings.training.epochs,
      stepsPerEpoch: ofRun.stepsPerEpoch,
      totalSteps: ofRun.totalSteps,
      step: 0,
      ...(settings.resized !== undefined && { resized: settings.resized }),
      classes,
      data: summary,
      network: network.description,
      kernelLayers: network.watchedLayers.map(({ name, operator, shape }) => ({ name, operator, shape })),
      activationLayers: network.activationLayers,
    },
  }
}

function frozenKernels({ graph, watchedLayers }: TrainedNetwork, weights: readonly string[]): Map<string, Tensor> {
  const changing = new Set(weights)
  const frozen = watchedLayers.filter(({ weight }) => !changing.has(weight) && graph.initializers.has(weight))
  return new Map(frozen.map(({ weight }) => [weight, graph.initializers.get(weight) as Tensor]))
}
