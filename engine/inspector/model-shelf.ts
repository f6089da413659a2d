import type { LayerWeights } from '../filters/measures/layer-weights.ts'
import { type DescribedModel, describeModel } from '../models/describe-model.ts'
import { modelFileVersion, readModelFile } from '../models/model-file.ts'
import type { ModelSummary } from '../protocol/models.ts'
import type { FilterFrame } from '../protocol/runs.ts'
import type { FilterReasons, LayerJudgement } from '../protocol/verdicts.ts'
import { InspectionError } from './inspection-error.ts'
import { type JudgedLayer, LayerJudge, describeReasons } from './layer-judge.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

/** Each holds all of its weights. */
const MODELS_KEPT = 2

interface OpenedModel {
  readonly version: string
  readonly model: DescribedModel
  /** By the name of the layer. */
  readonly judged: Map<string, Promise<JudgedLayer>>
}

/** The model files looked at last. */
export class ModelShelf {
  readonly #judge: LayerJudge
  readonly #opened = new LeastRecentlyUsed<string, OpenedModel>(MODELS_KEPT)

  constructor(judge = new LayerJudge()) {
    this.#judge = judge
  }

  /** Throws ModelError. */
  summary(path: string): ModelSummary {
    return this.open(path).summary
  }

  /** The kernels of one layer. Throws ModelError, or InspectionError where the model has no such layer. */
  filters(path: string, name: string): FilterFrame {
    return { layer: name, step: 0, weights: kernelsOf(this.open(path), name) }
  }

  /** The verdicts of one layer. Throws as `filters` does. */
  async verdict(path: string, name: string): Promise<LayerJudgement> {
    return (await this.#judged(path, name)).judgement
  }

  /** The measures behind one filter's verdict. Throws as `filters` does, and InspectionError where there is no such filter. */
  async reasons(path: string, name: string, filter: number): Promise<FilterReasons> {
    return describeReasons(await this.#judged(path, name), filter)
  }

  /** A layer as it is judged. Throws as `filters` does. */
  weights(path: string, name: string): LayerWeights {
    return weightsOf(this.open(path), name)
  }

  #judged(path: string, name: string): Promise<JudgedLayer> {
    const { model, judged } = this.#open(path)
    const known = judged.get(name)
    if (known !== undefined) return known
    const judging = this.#judge.judgeImported(weightsOf(model, name))
    judged.set(name, judging)
    judging.catch(() => judged.delete(name))
    return judging
  }

  /** Throws ModelError. */
  open(path: string): DescribedModel {
    return this.#open(path).model
  }

  #open(path: string): OpenedModel {
    const version = modelFileVersion(path)
    const known = this.#opened.get(path)
    if (known?.version === version) return known
    const opened = {
      version,
      model: describeModel(readModelFile(path)),
      judged: new Map<string, Promise<JudgedLayer>>(),
    }
    this.#opened.set(path, opened)
    return opened
  }
}

function weightsOf(model: DescribedModel, name: string): LayerWeights {
  const { dims, data } = kernelsOf(model, name)
  const gains = model.gains(name)
  return { shape: dims, values: data, ...(gains !== undefined && { gains }) }
}

function kernelsOf(model: DescribedModel, name: string) {
  const weights = model.kernels(name)
  if (weights !== undefined) return weights
  throw new InspectionError('notFound', `${model.summary.title} has no layer “${name}” with filters.`)
}
