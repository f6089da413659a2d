import { type DescribedModel, describeModel } from '../models/describe-model.ts'
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
    const model = this.#open(path)
    const weights = model.kernels(name)
    if (weights === undefined) {
      throw new InspectionError('notFound', `${model.summary.title} has no layer “${name}” with filters.`)
    }
    return { layer: name, step: 0, weights }
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
