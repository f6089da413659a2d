import { resolve } from 'node:path'
import { describeModel } from '../models/describe-model.ts'
import { readModelFile } from '../models/model-file.ts'
import { ModelError } from '../onnx/model-error.ts'
import type { ModelLayer, ModelSummary } from '../protocol/models.ts'
import type { NetworkSettings } from '../protocol/network.ts'
import { InputError } from './input-error.ts'
import { type PreprocessingChoice, chosenPreprocessing, usualChoice } from './preprocessing-choices.ts'

export interface ModelOptions {
  readonly from: string
  readonly freezeUntil?: string
  readonly head?: 'auto' | 'replace' | 'keep'
  readonly preprocessing?: PreprocessingChoice
  readonly bodyRate?: number
  readonly batchNorm?: 'frozen' | 'trained'
}

/** The settings for a model file, and what was assumed, as sentences for the person. Throws InputError. */
export function modelNetworkSettings(options: ModelOptions): {
  readonly network: NetworkSettings
  readonly assumptions: readonly string[]
} {
  const path = resolve(options.from)
  const summary = readSummary(path)
  const channels = summary.image?.channels ?? 3
  const stated = options.preprocessing === undefined ? summary.preprocessing : undefined
  const choice = options.preprocessing ?? usualChoice(channels)
  const isAssumed = options.preprocessing === undefined && stated === undefined
  const { head, bodyRate, batchNorm } = options
  return {
    network: {
      kind: 'model',
      path,
      preprocessing: stated ?? chosenPreprocessing(choice, channels),
      head: head ?? 'auto',
      frozen: frozenLayers(summary.layers, options.freezeUntil),
      learningRateFactors: {},
      bodyLearningRateFactor: bodyRate ?? 0.1,
      batchNormalization: batchNorm ?? 'frozen',
    },
    assumptions: isAssumed
      ? [`The file does not say how pixels become its input, so ${choice} is assumed; --preprocessing chooses another.`]
      : [],
  }
}

function readSummary(path: string): ModelSummary {
  try {
    return describeModel(readModelFile(path)).summary
  } catch (error) {
    if (error instanceof ModelError) throw new InputError(error.message)
    throw error
  }
}

/** The layers up to and with the one named. */
function frozenLayers(layers: readonly ModelLayer[], until: string | undefined): string[] {
  if (until === undefined) return []
  const names = layers.map(({ name }) => name)
  const last = names.indexOf(until)
  if (last >= 0) return names.slice(0, last + 1)
  throw new InputError(`The model has no layer "${until}" to freeze until; its layers are ${names.join(', ')}.`)
}
