import type { Samples } from '../../datasets/dataset.ts'
import { judgeWidth } from '../../filters/width/width-verdict.ts'
import type { GraphFacts } from '../../models/graph-facts.ts'
import type { KernelLayer } from '../../models/kernel-layers.ts'
import { describeNode } from '../../onnx/graph-edit.ts'
import type {
  Ablation as AblationResult,
  AblationCurve,
  FilterOrder,
  LayerSaturation,
  WidthAdvice,
} from '../../protocol/advice.ts'
import type { LayerJudgement } from '../../protocol/verdicts.ts'
import { type FilterTrace, traceFilters } from '../../resizing/filter-trace.ts'
import { whyNotResizable } from '../../resizing/resize-filters.ts'
import type { CallParts } from '../call-parts.ts'
import { Ablation } from './ablate.ts'
import { GRADIENT_COST, countLooks, planAblation } from './ablation-plan.ts'
import { activationsOf, normsOf, taylorOf } from './filter-uses.ts'
import { costOf } from './layer-cost.ts'
import { MaskedNetwork } from './masked-network.ts'
import { matchClasses } from './match-classes.ts'
import { type NetworkSubject, withBatch } from './network-subject.ts'
import { readBatches } from './read-batches.ts'
import { WidthProgress } from './width-progress.ts'

export interface WidthSubject {
  readonly network: NetworkSubject
  /** As it is called in the advice. */
  readonly layer: string
  readonly step: number
  readonly judgement: LayerJudgement
  /** The validation pictures. */
  readonly samples: Samples
  /** The names of their classes. */
  readonly classes: readonly string[]
  readonly seed: number
  /** What would be given other filters, where that is more than leads to the scores. */
  readonly whole?: { readonly facts: GraphFacts; readonly layer: KernelLayer | undefined }
}

/**
 * Looks whether a layer has enough filters: masks them in several orders and measures what is left of the accuracy on
 * validation pictures. Throws InspectionError 'cancelled' after the signal, DataError, or RuntimeError.
 */
export async function adviseWidth(subject: WidthSubject, parts: CallParts): Promise<WidthAdvice> {
  const { network, judgement, samples, layer, step } = subject
  const preliminary = withBatch(network, network.batch ?? 1)
  const trace = traceFilters(preliminary.layer, preliminary.facts)
  const whyNotMeasured = whyNotMaskable(trace, preliminary.facts, samples)
  const measured = whyNotMeasured === undefined ? await measure(subject, preliminary.facts, trace, parts) : undefined
  const count = (name: string) => judgement.filters.filter(({ verdict }) => verdict === name).length
  const tested = judgement.filters.filter(({ p }) => p !== null).length
  const { pi0 } = judgement
  const random = pi0 && { estimate: pi0.estimate * tested, low: pi0.low * tested, high: pi0.high * tested }
  const evidence = { filters: trace.filters, dead: count('dead'), copies: count('duplicate') }
  const { layer: wholeLayer, facts: wholeFacts } = subject.whole ?? {}
  const whyNot = whyNotResizable(wholeLayer && wholeFacts ? traceFilters(wholeLayer, wholeFacts) : trace)
  return {
    layer,
    step,
    ...evidence,
    random,
    diversity: judgement.diversity,
    ...judgeWidth({
      ...evidence,
      saturation: measured?.saturation,
      ablation: measured?.ablation,
      chance: measured?.chance ?? 0,
      whyNotMeasured,
    }),
    ...(measured?.saturation && { saturation: measured.saturation }),
    ...(measured && { ablation: measured.ablation }),
    ...(whyNot !== undefined && { whyNotResizable: whyNot }),
  }
}

function whyNotMaskable(trace: FilterTrace, facts: GraphFacts, samples: Samples): string | undefined {
  if (trace.networkOutput !== undefined)
    return 'The filters of this layer are the scores of the classes, so none can be missing.'
  if (trace.readers.length === 0) return 'Nothing reads the maps of this layer.'
  const other = trace.readers.find(({ value }) => facts.types.get(value.name)?.dataType !== 'float32')
  if (other !== undefined) {
    const type = facts.types.get(other.value.name)?.dataType ?? 'other numbers'
    return `${describeNode(other.node)} reads the maps of this layer as ${type}, of which none can be masked.`
  }
  if (samples.count === 0)
    return 'The data has no validation pictures; hold a share of the training pictures out for validation.'
  return undefined
}

function mostFrequent(labels: Uint16Array): number {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

interface Measured {
  readonly saturation: LayerSaturation | undefined
  readonly ablation: AblationResult
  /** The share of the most frequent of the labels compared with. */
  readonly chance: number
}

async function measure(
  { network, samples, classes, seed }: WidthSubject,
  oneByOne: GraphFacts,
  oneTrace: FilterTrace,
  parts: CallParts,
): Promise<Measured> {
  const plan = planAblation({
    filters: oneTrace.filters,
    available: samples.count,
    fixedBatch: network.batch,
    ...costOf(oneTrace, oneByOne, network.scores, network.batch ?? 1),
  })
  const { facts, layer: kernels } = withBatch(network, plan.batch)
  const trace = traceFilters(kernels, facts)
  const progress = new WidthProgress(countLooks(plan), parts)
  const { batches, indices, saturation } = await readBatches(
    trace,
    facts,
    network.scores,
    plan,
    samples,
    seed,
    progress,
  )
  const masked = await MaskedNetwork.create(trace, facts, network.scores, batches)
  try {
    const matched = matchClasses(
      { count: network.classes, names: network.classNames },
      { count: classes.length, names: classes },
    )
    const labels =
      matched === undefined
        ? await masked.takenFor(() => progress.breathe())
        : Uint16Array.from(indices, (index) => matched[samples.labels[index] as number] as number)
    const ablation = new Ablation(masked, labels, plan, seed, (stage) => progress.step(stage))
    const missing: { readonly order: FilterOrder; readonly why: string }[] = []
    const curves: AblationCurve[] = []
    const ranked = async (order: FilterOrder, uses: Float64Array | string) => {
      if (typeof uses === 'string') missing.push({ order, why: uses })
      else curves.push(await ablation.curve(order, rankingOf(uses)))
    }
    await ranked('norm', normsOf(trace, facts))
    const magnitudes = activationsOf(trace, batches)
    await ranked('activation', magnitudes ?? 'Its maps are read where they depend on each other.')
    const scores = { name: network.scores, classes: network.classes }
    const taylor = await taylorOf(trace, facts, scores, batches, labels, () =>
      progress.step('Ranking filters by gradients', GRADIENT_COST),
    )
    await ranked('taylor', taylor)
    const first = curves.at(-1)
    const greedy = await ablation.greedyRanking(first?.ranking ?? [])
    if (greedy === undefined)
      missing.push({ order: 'greedy', why: 'It would take too long in a network of this size.' })
    else curves.push(await ablation.curve('greedy', greedy))
    const best = curves.reduce((one, other) => (isBetter(other, one) ? other : one))
    return {
      saturation,
      chance: mostFrequent(labels) / Math.max(1, labels.length),
      ablation: {
        pictures: labels.length,
        measure: matched === undefined ? 'agreement' : 'accuracy',
        accuracy: best.points.at(-1)?.accuracy ?? 0,
        curves,
        best: best.order,
        missing,
        ...(plan.greedy &&
          first && {
            greedy: { from: plan.greedy.from, first: first.order, pictures: plan.greedy.batches * plan.batch },
          }),
      },
    }
  } finally {
    await masked.release()
  }
}

function isBetter(one: AblationCurve, other: AblationCurve): boolean {
  if (one.knee.kept !== other.knee.kept) return one.knee.kept < other.knee.kept
  return one.knee.high < other.knee.high
}

/** The most useful first; the earlier of equals. */
function rankingOf(uses: Float64Array): number[] {
  return Array.from(uses.keys()).sort((one, other) => (uses[other] as number) - (uses[one] as number))
}
