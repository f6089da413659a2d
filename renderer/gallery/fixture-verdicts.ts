import { verdictsOf } from '../../engine/protocol/verdict-history.ts'
import {
  type DescribedMeasure,
  type FilterReasons,
  type LayerJudgement,
  type MeasureId,
  PROBABILITIES,
  type VerdictLook,
} from '../../engine/protocol/verdicts.ts'
import { normalQuantile } from '../verdicts/null-density.ts'

/** One of each verdict, as letters. */
const now = 'ssecmdgr'

/** Filters that leave chance one after the other. */
export const fixtureLooks: readonly VerdictLook[] = [0, 5, 10, 15, 20, 25, 31].map((step, at) => ({
  step,
  layers: [
    {
      name: 'conv1',
      verdict: at < 3 ? 'random' : 'emerging',
      p: at < 3 ? 0.3 : 1e-9,
      filters: [...now].map((letter, filter) => (filter < at ? letter : 'r')).join(''),
    },
    { name: 'fc1', verdict: 'random', p: 0.2, filters: at < 4 ? 'rrr' : 'rer' },
  ],
}))

/** A measure whose chance is a normal distribution. */
function measure(id: MeasureId, value: number, p: number, mean: number, deviation: number): DescribedMeasure {
  return { id, value, p, quantiles: PROBABILITIES.map((each) => mean + deviation * normalQuantile(each)) }
}

/** The verdict of a layer whose filters have these letters, the newest in order. */
export function fixtureJudgement(filters: number, letters = now): LayerJudgement {
  const names = verdictsOf(letters)
  return {
    verdict: 'emerging',
    p: 3e-9,
    pi0: { estimate: 0.38, low: 0.12, high: 0.81 },
    effectiveRank: 0.7 * filters,
    diversity: 0.74,
    isOrthogonal: false,
    measures: [
      measure('pooledSpectrum', 0.81, 1e-12, 0.12, 0.04),
      measure('effectiveRank', 0.7 * filters, 1e-4, 0.93 * filters, 0.02 * filters),
      measure('varianceEntropy', 1.31, 0.02, 1.42, 0.03),
    ],
    filters: Array.from({ length: filters }, (_, index) => {
      const verdict = names[index % names.length] ?? 'random'
      const isTwin = verdict === 'duplicate' || verdict === 'mirror'
      const isTested = verdict !== 'dead' && verdict !== 'degenerate'
      const p = !isTested ? null : verdict === 'structured' ? 1e-11 : verdict === 'emerging' ? 0.03 : 0.41
      return { index, verdict, p, q: p === null ? null : Math.min(1, 2.4 * p), ...(isTwin && { duplicateOf: 0 }) }
    }),
  }
}

export function fixtureReasons(filters: number, filter: number): FilterReasons {
  const judged = fixtureJudgement(filters).filters[filter] ?? { index: filter, verdict: 'random', p: 0.5, q: 0.5 }
  const isClear = judged.verdict === 'structured'
  const measures = [
    measure('smooth', isClear ? 0.35 : 0.97, isClear ? 1e-9 : 0.6, 1, 0.06),
    measure('spectrum', isClear ? 0.9 : 0.2, isClear ? 4e-5 : 0.3, 0.17, 0.05),
    measure('shared', 0.44, 0.21, 0.41, 0.04),
    measure('family', 0.3, 0.012, 0.12, 0.06),
    measure('nearest', 0.4, 0.3, 0.36, 0.06),
  ]
  const isTested = judged.p !== null
  return {
    ...judged,
    norm: judged.verdict === 'dead' ? 3e-7 : 1.2,
    measures: isTested ? measures : [],
    update: { p: 0.0004, q: 0.0011 },
    sinceBirth: { rotation: 0.42, distance: 0.93, signFlips: 0.31 },
  }
}
