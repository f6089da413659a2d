import { readFileSync } from 'node:fs'
import { modelNetworkSettings } from '../../engine/cli/model-options.ts'
import { describeModel } from '../../engine/models/describe-model.ts'
import { readModelFile } from '../../engine/models/model-file.ts'
import { buildModelNetwork } from '../../engine/networks/model-network.ts'
import type { TrainedNetwork } from '../../engine/networks/trained-network.ts'
import { type TrainingOfRun, buildTrainingOfRun } from '../../engine/networks/training-of-run.ts'
import type { DataSummary } from '../../engine/protocol/data.ts'
import type { ModelNetworkSettings } from '../../engine/protocol/network.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'

export interface ImportedTraining {
  readonly network: TrainedNetwork
  readonly ofRun: TrainingOfRun
  readonly image: DataSummary['image']
}

/** For files that leave the size of their pictures open. */
const openSide = 64

/**
 * The network of a model file with a head for `classes` classes, and the step that a run would train it by. Throws
 * FineTuningError with a sentence where no run could.
 */
export function importForTraining(
  file: string,
  classes: number,
  network: Partial<ModelNetworkSettings> = {},
  training: Partial<RunSettingsInput['training']> = {},
): ImportedTraining {
  const settings = runSettingsSchema.parse({
    data: { source: { kind: 'xo', options: {} } },
    network: { ...modelNetworkSettings({ from: file }).network, ...network },
    training: { batchSize: 8, optimizer: { kind: 'sgd' }, schedule: { kind: 'constant' }, ...training },
  })
  const { image } = describeModel(readModelFile(file)).summary
  const { width = openSide, height = openSide, channels } = image ?? { channels: 3 }
  const summary = dataSummary(classes, { width, height, channels: channels === 1 ? 1 : 3, fit: 'stretch' })
  const source = readFileSync(file)
  const built = buildModelNetwork(settings.network as ModelNetworkSettings, settings.training, summary, source)
  return { network: built, ofRun: buildTrainingOfRun(built, settings.training, summary), image: summary.image }
}

function dataSummary(classes: number, image: DataSummary['image']): DataSummary {
  return {
    format: 'folder',
    title: 'pictures',
    classes: Array.from({ length: classes }, (_, index) => ({
      name: `class ${index}`,
      train: 100,
      validation: 0,
      test: 0,
    })),
    counts: { train: 100 * classes, validation: 0, test: 0 },
    image,
    originalSizes: [],
    mean: [],
    standardDeviation: [],
    testSetGiven: false,
    problems: [],
    problemCount: 0,
  }
}
