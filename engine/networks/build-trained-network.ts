import type { DataSummary } from '../protocol/data.ts'
import type { RunSettings } from '../protocol/settings.ts'
import { buildLayersNetwork } from './layers-network.ts'
import { buildModelNetwork } from './model-network.ts'
import type { TrainedNetwork } from './trained-network.ts'

/**
 * Builds the network of a run for its data; `source` is the model file that the run begins from, where it does.
 * Throws ArchitectureError, ModelError or FineTuningError with a sentence for a person.
 */
export function buildTrainedNetwork(
  settings: RunSettings,
  data: DataSummary,
  source: Uint8Array | undefined,
): TrainedNetwork {
  const { network, training } = settings
  if (network.kind === 'layers') return buildLayersNetwork(network.architecture, training, data, source)
  if (source === undefined) throw new Error(`The run that trains ${network.path} has no copy of it.`)
  return buildModelNetwork(network, training, data, source)
}
