import { CacheFiles } from '../cache/cache-files.ts'
import type { LayerWeights } from '../filters/measures/layer-weights.ts'
import { describeMeasure } from '../filters/measures/measure.ts'
import type { MeasureTools } from '../filters/measures/measure-layer.ts'
import { NullLibrary } from '../filters/nulls/null-library.ts'
import { findOtherAxisOrder } from '../filters/verdicts/axis-order.ts'
import type { FilterVerdict } from '../filters/verdicts/filter-verdict.ts'
import { type LayerVerdict, judgeLayer } from '../filters/verdicts/judge-layer.ts'
import { updatesSinceBirth, withUpdates } from '../filters/verdicts/update-structure.ts'
import type { FilterJudgement, FilterReasons, LayerJudgement, OtherAxisOrder } from '../protocol/verdicts.ts'
import { type RuntimeRowProducts, createRowProducts } from '../runtime/row-products.ts'
import { InspectionError } from './inspection-error.ts'

/** Every filter is compared with every other: 16,384 of them take a gigabyte. */
const MOST_FILTERS = 16_384

/** Null distributions of some 5,000 shapes of filters. */
const MOST_NULL_BYTES = 512 * 2 ** 20

/** A verdict with what is told of it at once, and what is kept for whoever asks for reasons. */
export interface JudgedLayer {
  readonly judgement: LayerJudgement
  readonly verdict: LayerVerdict
}

/** Judges layers one after the other, with null distributions kept on disk and products computed by the runtime. */
export class LayerJudge {
  readonly #nulls: NullLibrary
  #products: Promise<RuntimeRowProducts> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(nullFolder?: string) {
    this.#nulls = new NullLibrary(nullFolder === undefined ? undefined : new CacheFiles(nullFolder, MOST_NULL_BYTES))
  }

  /** A layer of a file, whose axis order may be another one. Throws RuntimeError, InspectionError where it has too many filters. */
  judgeImported(layer: LayerWeights): Promise<JudgedLayer> {
    return this.#afterOthers(layer, async (tools) => {
      const verdict = await judgeLayer(layer, tools)
      const order = await findOtherAxisOrder(layer, verdict, tools)
      return { verdict, judgement: describeVerdict(verdict, order) }
    })
  }

  /** A layer whose weights lie in the order that they say. Throws as `judgeImported` does. */
  judge(layer: LayerWeights): Promise<JudgedLayer> {
    return this.#afterOthers(layer, async (tools) => {
      const verdict = await judgeLayer(layer, tools)
      return { verdict, judgement: describeVerdict(verdict, undefined) }
    })
  }

  /**
   * The first convolution of a run, which reads the pictures themselves: what has changed in its filters since `birth` is
   * judged as well. Throws as `judgeImported` does.
   */
  judgeSinceBirth(layer: LayerWeights, birth: LayerWeights): Promise<JudgedLayer> {
    return this.#afterOthers(layer, async (tools) => {
      const updates = await judgeLayer(updatesSinceBirth(layer, birth), tools)
      const verdict = withUpdates(await judgeLayer(layer, tools), updates)
      return { verdict, judgement: describeVerdict(verdict, undefined) }
    })
  }

  /** The products of one large layer at a time, however many are asked for. */
  async #afterOthers(
    { shape: [filters] }: LayerWeights,
    judge: (tools: MeasureTools) => Promise<JudgedLayer>,
  ): Promise<JudgedLayer> {
    if (filters > MOST_FILTERS) {
      const sentence = `This layer has ${filters} filters; more than ${MOST_FILTERS} are not compared with each other.`
      throw new InspectionError('badInput', sentence)
    }
    const judging = this.#last.then(() => judge({ nulls: this.#nulls, rowProducts: this.#rowProducts }))
    this.#last = judging.catch(() => undefined)
    return judging
  }

  readonly #rowProducts: RuntimeRowProducts['compute'] = async (rows, count, length) => {
    this.#products ??= createRowProducts().catch((error: unknown) => {
      this.#products = undefined
      throw error
    })
    return (await this.#products).compute(rows, count, length)
  }
}

function describeVerdict(layer: LayerVerdict, otherAxisOrder: OtherAxisOrder | undefined): LayerJudgement {
  const { verdict, p, updateP, pi0, effectiveRank, diversity, isOrthogonal, filters } = layer
  const { pooledSpectrum, varianceEntropy } = layer
  const measures = [pooledSpectrum, effectiveRank, varianceEntropy].filter((measure) => measure !== null)
  return {
    verdict,
    p,
    pi0,
    effectiveRank: effectiveRank?.value ?? null,
    diversity,
    isOrthogonal,
    measures: measures.map(describeMeasure),
    filters: filters.map(describeFilter),
    ...(updateP !== undefined && { updateP }),
    ...(otherAxisOrder !== undefined && { otherAxisOrder }),
  }
}

function describeFilter({ index, verdict, p, q, duplicateOf, update }: FilterVerdict): FilterJudgement {
  const of = duplicateOf !== undefined && { duplicateOf }
  return { index, verdict, p, q, ...of, ...(update !== undefined && { update }) }
}

/** Throws InspectionError where the layer has no filter of that index. */
export function describeReasons({ verdict }: JudgedLayer, index: number): FilterReasons {
  const filter = verdict.filters[index]
  if (filter === undefined) {
    throw new InspectionError('notFound', `This layer has ${verdict.filters.length} filters, so there is no #${index}.`)
  }
  const norm = Number.isFinite(filter.norm) ? filter.norm : null
  return { ...describeFilter(filter), norm, measures: filter.measures.map(describeMeasure) }
}
