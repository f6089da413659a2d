import { type DescribedModel, describeModel } from '../models/describe-model.ts'
import { readKernels } from '../models/kernel-layers.ts'
import { modelFileVersion, readModelFile } from '../models/model-file.ts'
import type { ModelSummary } from '../protocol/models.ts'
import type { FilterFrame } from '../protocol/runs.ts'
import { InspectionError } from './inspection-error.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

/** Each holds all of its weights. */
const MODELS_KEPT = 2

/** The model files looked at last. */
export class ModelShelf {
  readonly #opened = new LeastRecentlyUsed<string, { readonly version: string; readonly model: DescribedModel }>(
    MODELS_KEPT,
  )

  /** Throws ModelError. */
  summary(path: string): ModelSummary {
    return this.#open(path).summary
  }

  /** The kernels of one layer. Throws ModelError, or InspectionError where the model has no such layer. */
  filters(path: string, name: string): FilterFrame {
    const { graph, layers, summary } = this.#open(path)
    const layer = layers.get(name)
    if (layer === undefined) {
      throw new InspectionError('notFound', `${summary.title} has no layer “${name}” with filters.`)
    }
    return { layer: name, step: 0, weights: { dims: layer.shape, data: readKernels(graph, layer) } }
  }

  #open(path: string): DescribedModel {
    const version = modelFileVersion(path)
    const known = this.#opened.get(path)
    if (known?.version === version) return known.model
    const model = describeModel(readModelFile(path))
    this.#opened.set(path, { version, model })
    return model
  }
}
