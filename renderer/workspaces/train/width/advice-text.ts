import type { GreedySearch, WidthAdvice, WidthReason } from '../../../../engine/protocol/advice.ts'
import { formatInteger, formatNumber, formatPercent } from '../../../i18n/format.ts'
import { text } from '../../../i18n/text.ts'

/** One sentence with its numbers. */
export function reasonText(
  reason: WidthReason,
  suggested: number | undefined,
  measure: NonNullable<WidthAdvice['ablation']>['measure'] = 'accuracy',
): string {
  const integer = (number: number): string => formatInteger(number)
  switch (reason.id) {
    case 'knee':
      return text(`width.reasons.knee.${measure}`, { kept: integer(reason.kept), filters: integer(reason.filters) })
    case 'noPlateau':
      return text(`width.reasons.noPlateau.${measure}`, {
        kept: integer(reason.kept),
        filters: integer(reason.filters),
        suggested: integer(suggested ?? 2 * reason.filters),
      })
    case 'spare':
      return text('width.reasons.spare', { spare: integer(reason.spare), filters: integer(reason.filters) })
    case 'saturation':
      return text('width.reasons.saturation', {
        components: integer(reason.components),
        filters: integer(reason.filters),
      })
    case 'noBetterThanChance':
      return text('width.reasons.noBetterThanChance', {
        accuracy: formatPercent(reason.accuracy, 0),
        chance: formatPercent(reason.chance, 0),
      })
    case 'oneAnswer':
      return text('width.reasons.oneAnswer', { chance: formatPercent(reason.chance, 0) })
    case 'notMeasured':
      return reason.why
  }
}

/** How far the greedy order was looked for, of so many filters. */
export function greedyText({ from, first, pictures }: GreedySearch, filters: number): string {
  const counted = { pictures: formatInteger(pictures) }
  if (from >= filters) return text('width.greedy.chosen', counted)
  return text('width.greedy.bounded', { ...counted, from: formatInteger(from), first: text(`width.orders.${first}`) })
}

interface Fact {
  readonly name: string
  readonly value: string
  /** What it means. */
  readonly hint: string
}

/** The numbers behind the advice. */
export function adviceFacts(advice: WidthAdvice): readonly Fact[] {
  const { ablation, saturation, random, diversity } = advice
  const unknown = text('width.facts.unknown')
  const facts: Fact[] = []
  if (ablation !== undefined) facts.push(accuracyFact(ablation))
  facts.push(
    { name: text('width.facts.dead'), value: formatInteger(advice.dead), hint: text('width.facts.deadHint') },
    { name: text('width.facts.copies'), value: formatInteger(advice.copies), hint: text('width.facts.copiesHint') },
    {
      name: text('width.facts.random'),
      value: random === null ? unknown : rangeText(random),
      hint: text('width.facts.randomHint'),
    },
    {
      name: text('width.facts.diversity'),
      value: diversity === null ? unknown : formatPercent(diversity, 0),
      hint: text('width.facts.diversityHint'),
    },
  )
  if (saturation !== undefined) {
    facts.push({
      name: text('width.facts.saturation'),
      value: text('width.facts.saturationOf', {
        components: formatInteger(saturation.components),
        filters: formatInteger(advice.filters),
      }),
      hint: text('width.facts.saturationHint', { positions: formatInteger(saturation.positions) }),
    })
  }
  return facts
}

function accuracyFact({ measure, accuracy, pictures }: NonNullable<WidthAdvice['ablation']>): Fact {
  if (measure === 'agreement') {
    const value = text('width.facts.agreementOf', { pictures: formatInteger(pictures) })
    return { name: text('width.facts.agreement'), value, hint: text('width.facts.agreementHint') }
  }
  const values = { accuracy: formatPercent(accuracy), pictures: formatInteger(pictures) }
  return {
    name: text('width.facts.accuracy'),
    value: text('width.facts.accuracyOf', values),
    hint: text('width.facts.accuracyHint'),
  }
}

function rangeText({ estimate, low, high }: NonNullable<WidthAdvice['random']>): string {
  const rounded = (value: number): string => formatNumber(value, 2)
  return text('width.facts.range', { estimate: rounded(estimate), low: rounded(low), high: rounded(high) })
}
