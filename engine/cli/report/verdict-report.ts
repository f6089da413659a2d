import type { ModelLayer } from '../../protocol/models.ts'
import { type LayerJudgement, filterVerdictNames } from '../../protocol/verdicts.ts'
import { columns } from './columns.ts'

export type Judgements = ReadonlyMap<string, LayerJudgement>

/** A layer with its verdict as JSON: first what identifies it, then the verdict, then what else is known of it. */
export function layerAsJson({ name, operator, shape, ...rest }: ModelLayer, judgement: LayerJudgement) {
  const { verdict, p, pi0, effectiveRank, diversity, isOrthogonal, otherAxisOrder, filters } = judgement
  return {
    ...{ name, operator, shape, verdict, p, pi0: pi0?.estimate ?? null, effectiveRank, filters },
    ...rest,
    ...(pi0 !== null && { pi0Range: [pi0.low, pi0.high] }),
    diversity,
    isOrthogonal,
    ...(otherAxisOrder !== undefined && { otherAxisOrder }),
  }
}

/** A line for each layer that says how many of its filters are what, and what the words mean. */
export function verdictLines(layers: readonly ModelLayer[], judgements: Judgements): string[] {
  const head = ['layer', 'shape', 'verdict', ...filterVerdictNames, 'p', 'rank']
  const judged = layers.flatMap((layer) => {
    const judgement = judgements.get(layer.name)
    return judgement === undefined ? [] : [{ layer, judgement }]
  })
  return [
    ...columns([head, ...judged.map(({ layer, judgement }) => cells(layer, judgement))]),
    '',
    ...legend,
    ...judged.flatMap(({ layer, judgement }) => hints(layer.name, judgement)),
  ]
}

function cells({ name, shape }: ModelLayer, { verdict, p, filters, effectiveRank, diversity }: LayerJudgement) {
  const counts = filterVerdictNames.map((each) => filters.filter((filter) => filter.verdict === each).length)
  const rank = effectiveRank === null ? '' : `${effectiveRank.toFixed(1)} of ${shape[0]}`
  const share = diversity === null ? '' : ` (${Math.round(100 * diversity)} %)`
  return [name, `[${shape.join(', ')}]`, verdict, ...counts.map((count) => `${count}`), chance(p), `${rank}${share}`]
}

/** The tail of a drawn distribution says no more than that a chance is small. */
function chance(p: number | null): string {
  if (p === null) return 'not tested'
  return p < 1e-6 ? '< 0.000001' : p.toPrecision(2)
}

const legend: readonly string[] = [
  'structured: the data shaped the filter; about 5 of 100 filters called so are chance. emerging: perhaps. random: not',
  'distinguishable from random weights, which may still be useful. undecidable: too few weights to tell. p: how often',
  'random weights look as structured as the layer. rank: how many equal filters span as much, beside random ones.',
]

function hints(name: string, { otherAxisOrder, isOrthogonal }: LayerJudgement): string[] {
  const order = `${name}: these weights look random as the file has them, but structured when read as ${otherAxisOrder}; were they exported in another axis order?`
  const orthogonal = `${name}: its filters are more orthogonal than chance, as an orthogonal initialisation leaves them.`
  return [...(otherAxisOrder === undefined ? [] : [order]), ...(isOrthogonal ? [orthogonal] : [])]
}
