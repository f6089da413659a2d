import { describe, expect, it } from 'vitest'
import {
  type DescribedMeasure,
  type FilterVerdictName,
  type LayerJudgement,
  PROBABILITIES,
} from '../../../../engine/protocol/verdicts.ts'
import { amongAllText, chanceText, layerSentence, measureSentence } from './verdict-text.ts'

function layer(...runs: readonly (readonly [FilterVerdictName, number, duplicateOf?: number])[]): LayerJudgement {
  const filters = runs.flatMap(([verdict, count, duplicateOf]) =>
    Array.from({ length: count }, () => ({ verdict, ...(duplicateOf !== undefined && { duplicateOf }) })),
  )
  return {
    ...{ verdict: 'structured', p: 0, pi0: null, effectiveRank: null, diversity: null, isOrthogonal: false },
    measures: [],
    filters: filters.map((filter, index) => ({ index, p: null, q: null, ...filter })),
  }
}

describe('the sentence about a layer', () => {
  it('counts every verdict there is and says how many of the structured may be chance', () => {
    expect(layerSentence(layer(['structured', 27], ['random', 3], ['dead', 1], ['duplicate', 1, 12]))).toBe(
      '27 of 32 structured (about 5 % of those called structured expected by chance), 3 random, 1 dead, 1 duplicate of 12.',
    )
  })

  it('expects no chance among none, and counts several copies', () => {
    expect(layerSentence(layer(['emerging', 2], ['undecidable', 1], ['duplicate', 2, 0], ['mirror', 1, 0]))).toBe(
      '0 of 6 structured, 2 emerging, 1 too small to tell, 2 duplicates, 1 mirror pair.',
    )
  })
})

it('shows no chance smaller than what the draws can tell', () => {
  expect([0.41, 0.0123, 0.000042, 9.9e-7, 0].map(chanceText)).toEqual([
    ...['p = 0.41', 'p = 0.012', 'p = 4.2e-5', 'p < 1e-6', 'p < 1e-6'],
  ])
  expect(chanceText(null)).toBe('not tested')
  expect(amongAllText(0.05)).toBe('q = 0.05')
})

describe('the sentence about a measure', () => {
  const roughness = (value: number, p: number): DescribedMeasure => ({
    ...{ id: 'smooth', value, p },
    quantiles: PROBABILITIES.map((each) => 0.5 + each),
  })

  it('says which way a filter leaves chance, and gives the range of chance', () => {
    expect(measureSentence(roughness(0.35, 1e-8))).toBe(
      'Neighbouring weights resemble each other: roughness 0.350, where random weights come to 0.525 to 1.48.',
    )
    expect(measureSentence(roughness(1.9, 1e-8))).toMatch(/^Neighbouring weights differ more than chance/)
    expect(measureSentence(roughness(0.9, 0.4))).toMatch(/^Neighbouring weights differ as random ones do/)
  })
})
