import type { DescribedMeasure, LayerJudgement } from '../../../../engine/protocol/verdicts.ts'
import { PROBABILITIES } from '../../../../engine/protocol/verdicts.ts'
import { decimalSign, formatNumber } from '../../../i18n/format.ts'
import { text } from '../../../i18n/text.ts'
import { quantileAt } from '../../../verdicts/null-density.ts'
import { countVerdicts } from '../../../verdicts/verdict-counts.ts'
import { weightText } from '../weight-text.ts'

/** Below, the tail of a drawn distribution is a guess. */
const SMALLEST = 1e-6

/** Small chances by their power of ten: zeros are hard to count. */
function probabilityText(p: number): string {
  return p < 1e-3 ? p.toExponential(1).replace('.', decimalSign()) : formatNumber(p, 2)
}

export function chanceText(p: number | null): string {
  if (p === null) return text('verdict.filter.notTested')
  return p < SMALLEST ? text('verdict.chance.below') : text('verdict.chance.p', { value: probabilityText(p) })
}

export function amongAllText(q: number | null): string {
  if (q === null) return text('verdict.filter.notTested')
  return q < SMALLEST ? text('verdict.chance.qBelow') : text('verdict.chance.q', { value: probabilityText(q) })
}

/** How many filters of a layer have which verdict, as one sentence. */
export function layerSentence({ filters }: LayerJudgement): string {
  const counts = countVerdicts(filters.map(({ verdict }) => verdict))
  const expected = counts.structured > 0 ? text('verdict.layer.expected') : ''
  const parts = [text('verdict.layer.structuredOf', { count: counts.structured, all: filters.length }) + expected]
  for (const name of ['emerging', 'random', 'undecidable', 'dead', 'degenerate'] as const) {
    if (counts[name] > 0) parts.push(text(`verdict.layer.${name}`, { count: counts[name] }))
  }
  const original = filters.find(({ verdict }) => verdict === 'duplicate')?.duplicateOf
  if (counts.duplicate === 1 && original !== undefined) parts.push(text('verdict.layer.duplicateOf', { of: original }))
  else if (counts.duplicate > 0) parts.push(text('verdict.layer.duplicates', { count: counts.duplicate }))
  if (counts.mirror > 0) parts.push(text('verdict.layer.mirrors', { count: counts.mirror }))
  return `${parts.join(', ')}.`
}

/** The values between which 95 of 100 random ones lie. */
export function chanceBand({ quantiles }: DescribedMeasure): { readonly from: number; readonly to: number } {
  return {
    from: quantileAt(PROBABILITIES, quantiles, 0.025),
    to: quantileAt(PROBABILITIES, quantiles, 0.975),
  }
}

const CALLED_OUTSIDE = 0.05

/** What a measure says, for somebody who sees it for the first time. */
export function measureSentence(measure: DescribedMeasure): string {
  const { id, value, p } = measure
  const { from, to } = chanceBand(measure)
  const values = { value: weightText(value), from: weightText(from), to: weightText(to) }
  if (p > CALLED_OUTSIDE) return text(`verdict.measures.${id}.within`, values)
  if (id === 'smooth' && value > to) return text('verdict.measures.smooth.opposite', values)
  return text(`verdict.measures.${id}.outside`, values)
}
