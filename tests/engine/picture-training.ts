import { readFileSync } from 'node:fs'
import { modelNetworkSettings } from '../../engine/cli/model-options.ts'
import { batchOptions } from '../../engine/datasets/batch-options.ts'
import { createBatchSource } from '../../engine/datasets/batches.ts'
import type { Dataset } from '../../engine/datasets/dataset.ts'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { describeModel } from '../../engine/models/describe-model.ts'
import { readModelFile } from '../../engine/models/model-file.ts'
import { buildModelNetwork } from '../../engine/networks/model-network.ts'
import type { TrainedNetwork } from '../../engine/networks/trained-network.ts'
import { buildTrainingOfRun } from '../../engine/networks/training-of-run.ts'
import type { ModelNetworkSettings } from '../../engine/protocol/network.ts'
import { type RunSettingsInput, type TrainingSettings, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { Evaluator } from '../../engine/trainer/evaluator.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'

export const trainingThreads = 2

/** For files that leave the size of their pictures open. */
const openSide = 64

/** Opens a folder or file of pictures in the size and colours that a model takes. */
export function openPicturesFor(file: string, path: string): Promise<Dataset> {
  const { image } = describeModel(readModelFile(file)).summary
  const { width = openSide, height = openSide, channels = 3 } = image ?? {}
  const { data } = settingsWith({
    image: { width, height, channels: channels === 1 ? 1 : 3, fit: 'stretch' },
    source: { kind: 'path', path },
  })
  return openDataset(data)
}

/** The network of a model file as a run trains it on a data set. Throws FineTuningError where no run could. */
export function importedNetwork(file: string, { summary }: Dataset, training: TrainingSettings): TrainedNetwork {
  const { network } = modelNetworkSettings({ from: file })
  return buildModelNetwork(network as ModelNetworkSettings, training, summary, readFileSync(file))
}

/** Settings of a training, the rest as in a new run: Adam with the learning rate of fine-tuning, kept constant. */
export function trainingSettings(wanted: Partial<RunSettingsInput['training']>): TrainingSettings {
  const usual = {
    batchSize: 16,
    learningRate: 0.001,
    optimizer: { kind: 'adam' },
    schedule: { kind: 'constant' },
  } as const
  return settingsWith({ source: { kind: 'xo', options: {} } }, { ...usual, ...wanted }).training
}

function settingsWith(
  data: RunSettingsInput['data'],
  training: RunSettingsInput['training'] = { optimizer: { kind: 'adam' }, schedule: {} },
) {
  const architecture = {
    name: 'any',
    layers: [{ kind: 'fullyConnected' as const, name: 'fc', units: 'classes' as const }],
  }
  return runSettingsSchema.parse({ data, network: { kind: 'layers', architecture }, training })
}

export interface TrainedOnPictures {
  readonly losses: readonly number[]
  /** Of each step alone, without decoding its pictures. */
  readonly elapsedMs: readonly number[]
  /** Of the test pictures, 0 to 1, with the weights after the last step. */
  testAccuracy(): Promise<number>
}

/** Takes `steps` steps as a run does, on the CPU. */
export async function trainOnPictures(
  network: TrainedNetwork,
  dataset: Dataset,
  training: TrainingSettings,
  steps: number,
): Promise<TrainedOnPictures> {
  const { step, weights } = buildTrainingOfRun(network, training, dataset.summary)
  const batches = createBatchSource(dataset.splits.train, batchOptions(dataset, training))
  const runner = await createStepRunner(step, 'cpu', trainingThreads, new Map())
  const losses: number[] = []
  const elapsedMs: number[] = []
  for (let taken = 0; taken < steps; taken++) {
    const batch = await batches.take(taken, 1)
    const begin = performance.now()
    const results = await runner.run(batch, training.learningRate)
    elapsedMs.push(performance.now() - begin)
    losses.push(results.losses[0] as number)
  }
  const state = new Map(await runner.state())
  await runner.release()
  return {
    losses,
    elapsedMs,
    async testAccuracy() {
      const { width, height, channels } = dataset.summary.image
      const dims = [height, width, channels] as const
      const classes = dataset.summary.classes.length
      const evaluator = await Evaluator.create(network.graph, weights, dims, classes, training.loss, trainingThreads)
      const { accuracy } = await evaluator.evaluate(dataset.splits.test, state, () => Promise.resolve())
      await evaluator.release()
      return accuracy
    },
  }
}
