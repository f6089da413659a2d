import { trainingSettingsSchema, type DataSource, type TrainingSettings } from './settings.ts'

/** A network to be trained, as far as the recommendation goes: a list of layers by its name, or a model's file. */
export type NetworkInFront = { readonly kind: 'layers'; readonly name: string } | { readonly kind: 'model' }

export interface Recommendation {
  /** What the settings are chosen for. */
  readonly purpose: 'strokes' | 'accuracy' | 'fineTuning'
  readonly training: TrainingSettings
}

/**
 * On the X or O images the usual settings reach 100 % while the kernels hardly leave the noise they were born as. Strong
 * weight decay lets fade what the pictures do not ask for, so that the strokes stand out.
 */
const strokes = trainingSettingsSchema.parse({
  batchSize: 32,
  epochs: 12,
  learningRate: 0.005,
  optimizer: { kind: 'adam', decay: 'decoupled', weightDecay: 1 },
  schedule: { kind: 'constant' },
})

const usual = trainingSettingsSchema.parse({ optimizer: { kind: 'adam' }, schedule: {} })

/** What has been learnt is not to be lost in the first steps. */
const fineTuning = trainingSettingsSchema.parse({
  batchSize: 16,
  learningRate: 0.001,
  optimizer: { kind: 'adam' },
  schedule: {},
})

/** The settings a run begins with, in the window and on the command line, where nobody chose others. */
export function recommendedTraining(network: NetworkInFront, source: DataSource['kind']): Recommendation {
  if (network.kind === 'model') return { purpose: 'fineTuning', training: fineTuning }
  // A network that was edited is still of the size of the preset it began as.
  if (source === 'xo' && /^small(-edited)?$/.test(network.name)) return { purpose: 'strokes', training: strokes }
  return { purpose: 'accuracy', training: usual }
}
