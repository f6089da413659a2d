import { describeModel } from '../models/describe-model.ts'
import { readModelFile } from '../models/model-file.ts'
import type { RunSettings } from '../protocol/settings.ts'

/**
 * The settings with the size of the pictures that the model takes, where they name none. A model that takes any size
 * leaves the pictures as large as they are. Throws ModelError.
 */
export function withModelImage(settings: RunSettings): RunSettings {
  const { network, data } = settings
  if (network.kind === 'layers' || data.image !== undefined) return settings
  const { image } = describeModel(readModelFile(network.path)).summary
  const { width, height, channels } = image ?? {}
  if (width === undefined || height === undefined || (channels !== 1 && channels !== 3)) return settings
  return { ...settings, data: { ...data, image: { width, height, channels, fit: 'crop' } } }
}
