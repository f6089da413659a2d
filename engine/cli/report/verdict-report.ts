import type { FilterActivity, LayerActivity, ModelActivity } from '../../protocol/activity.ts'
import type { ModelLayer } from '../../protocol/models.ts'
import { type FilterJudgement, type LayerJudgement, filterVerdictNames } from '../../protocol/verdicts.ts'
import { type AdviceFindings, adviceCells, adviceHead, adviceLegend } from './advice-report.ts'
import { columns } from './columns.ts'
import { chance, percent } from './numbers.ts'

/** What was found out about the filters of a model. */
export interface Findings {
  /** By the name of the layer. */
  readonly judgements: ReadonlyMap<string, LayerJudgement>
  /** Why layers could not be judged, by name. */
  readonly refusals: ReadonlyMap<string, string>
  /** Left out where no pictures were shown to the model. */
  readonly activity: ModelActivity | undefined
  /** Left out where it was not asked for. */
  readonly advice?: AdviceFindings | undefined
}

export function activityOf({ activity }: Findings, layer: string): LayerActivity | undefined {
  return activity?.layers.find((each) => each.layer === layer)
}

/** A layer with its verdict as JSON: first what identifies it, then the verdict, then what else is known of it. */
export function layerAsJson(
  { name, operator, shape, ...rest }: ModelLayer,
  judgement: LayerJudgement,
  activity: LayerActivity | undefined,
) {
  const { verdict, p, pi0, effectiveRank, diversity, isOrthogonal, otherAxisOrder } = judgement
  const filters = judgement.filters.map((filter) => filterAsJson(filter, activity?.filters[filter.index]))
  return {
    ...{ name, operator, shape, verdict, p, pi0: pi0?.estimate ?? null, effectiveRank, filters },
    ...rest,
    ...(pi0 !== null && { pi0Range: [pi0.low, pi0.high] }),
    diversity,
    isOrthogonal,
    ...(otherAxisOrder !== undefined && { otherAxisOrder }),
  }
}

function filterAsJson(filter: FilterJudgement, activity: FilterActivity | undefined) {
  return activity === undefined ? filter : { ...filter, activity }
}

/** A line for each layer that says how many of its filters are what, and what the words mean. */
export function verdictLines(layers: readonly ModelLayer[], findings: Findings): string[] {
  const { judgements, activity, advice } = findings
  const head = ['layer', 'shape', 'verdict', ...filterVerdictNames, 'p', 'rank']
  const judged = layers.flatMap((layer) => {
    const judgement = judgements.get(layer.name)
    return judgement === undefined ? [] : [{ layer, judgement }]
  })
  const rows = judged.map(({ layer, judgement }) => [
    ...cells(layer, judgement),
    ...(activity === undefined ? [] : activityCells(activityOf(findings, layer.name))),
    ...(advice === undefined ? [] : adviceCells(advice, layer.name)),
  ])
  return [
    ...columns([
      [...head, ...(activity === undefined ? [] : ['zeros', 'selective']), ...(advice === undefined ? [] : adviceHead)],
      ...rows,
    ]),
    '',
    ...legend,
    ...(activity === undefined ? [] : activityLegend(activity)),
    ...(advice === undefined ? [] : adviceLegend(advice)),
    ...judged.flatMap(({ layer, judgement }) => hints(layer.name, judgement)),
  ]
}

function cells({ name, shape }: ModelLayer, { verdict, p, filters, effectiveRank, diversity }: LayerJudgement) {
  const counts = filterVerdictNames.map((each) => filters.filter((filter) => filter.verdict === each).length)
  const rank = effectiveRank === null ? '' : `${effectiveRank.toFixed(1)} of ${shape[0]}`
  const share = diversity === null ? '' : ` (${percent(diversity)})`
  return [name, `[${shape.join(', ')}]`, verdict, ...counts.map((count) => `${count}`), chance(p), `${rank}${share}`]
}

function activityCells(activity: LayerActivity | undefined): string[] {
  if (activity === undefined) return ['not measured', '']
  const { filters } = activity
  const { selective, tested } = countSelective(activity)
  return [percent(filters.reduce((sum, { zeros }) => sum + zeros, 0) / filters.length), `${selective} of ${tested}`]
}

/** How many filters stand out for one class at p ≤ .05, which chance alone gives one in twenty. */
export function countSelective({ filters }: LayerActivity): { readonly selective: number; readonly tested: number } {
  const tested = filters.flatMap(({ selectivity }) => selectivity ?? [])
  return { selective: tested.filter(({ p }) => p <= 0.05).length, tested: tested.length }
}

const legend: readonly string[] = [
  'structured: the data shaped the filter; about 5 of 100 filters called so are chance. emerging: perhaps. random: not',
  'distinguishable from random weights, which may still be useful. undecidable: too few weights to tell. p: how often',
  'random weights look as structured as the layer. rank: how many equal filters span as much, beside random ones.',
]

function activityLegend({ pictures, of, title }: ModelActivity): string[] {
  return [
    `zeros: the share of positions not above zero on ${pictures} of ${of} training pictures of ${title}. selective: filters that`,
    'stand out for one class at p ≤ .05, which 5 of 100 do by chance; random filters can too. Neither is part of a verdict.',
  ]
}

function hints(name: string, { otherAxisOrder, isOrthogonal }: LayerJudgement): string[] {
  const order = `${name}: these weights look random as the file has them, but structured when read as ${otherAxisOrder}; were they exported in another axis order?`
  const orthogonal = `${name}: its filters are more orthogonal than chance, as an orthogonal initialisation leaves them.`
  return [...(otherAxisOrder === undefined ? [] : [order]), ...(isOrthogonal ? [orthogonal] : [])]
}
