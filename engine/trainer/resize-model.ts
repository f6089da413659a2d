import { describeModel } from '../models/describe-model.ts'
import { readModel } from '../onnx/read-model.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { Resized, TrainingSettings } from '../protocol/settings.ts'
import { randomStream } from '../random/stream.ts'
import { resizeFilters } from '../resizing/resize-filters.ts'
import { ResizingError } from '../resizing/resizing-error.ts'

/** A model file with other filters in one layer, as a file. Throws ModelError, or ResizingError where that is not possible. */
export function resizeModel(
  bytes: Uint8Array,
  { layer, filters, kept, added }: Resized,
  { initializer, seed }: Pick<TrainingSettings, 'initializer' | 'seed'>,
): Uint8Array {
  const model = readModel(bytes)
  const { layers, facts } = describeModel({ path: '', model, byteLength: bytes.length })
  const found = layers.get(layer)
  if (found?.shape[0] !== filters) {
    const what = found === undefined ? `no layer "${layer}"` : `${found.shape[0]} filters in "${layer}", not ${filters}`
    throw new ResizingError(`The network has ${what}; look at it again and choose anew.`)
  }
  // Added again later, filters are others than those added before.
  const stream = randomStream(seed, 'weights', layer, 'added', filters)
  const graph = resizeFilters(found, facts, { kept, added }, { initializer, stream })
  const { metadata, otherOpsets } = model
  return writeModel({ graph, metadata, ...(otherOpsets && { otherOpsets }) })
}
