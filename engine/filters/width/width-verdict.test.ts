import { expect, it } from 'vitest'
import type { Ablation } from '../../protocol/advice.ts'
import { type WidthEvidence, judgeWidth } from './width-verdict.ts'

function ablation(kept: number, high = kept, accuracy = 0.9): Ablation {
  const knee = { kept, low: kept, high }
  const curve = { order: 'norm' as const, ranking: [], points: [], knee }
  return { pictures: 400, measure: 'accuracy', accuracy, curves: [curve], best: 'norm', missing: [] }
}

const evidence: WidthEvidence = {
  filters: 32,
  dead: 0,
  copies: 0,
  saturation: { components: 30, share: 30 / 32, positions: 2000 },
  ablation: ablation(25),
  chance: 0.1,
  whyNotMeasured: undefined,
}

it('says too many where few carry the accuracy, and suggests what resampling leaves sure', () => {
  expect(judgeWidth({ ...evidence, ablation: ablation(12, 14) })).toEqual({
    verdict: 'tooMany',
    reasons: [{ id: 'knee', kept: 12, filters: 32 }],
    suggested: 14,
  })
})

it('says too few where the accuracy has no plateau, and suggests twice as many', () => {
  expect(judgeWidth({ ...evidence, ablation: ablation(31) })).toEqual({
    verdict: 'tooFew',
    reasons: [{ id: 'noPlateau', kept: 31, filters: 32 }],
    suggested: 64,
  })
})

it('says about right in between', () => {
  expect(judgeWidth(evidence)).toEqual({ verdict: 'aboutRight', reasons: [{ id: 'knee', kept: 25, filters: 32 }] })
})

it('says too many where a third is dead or repeated, or the output varies in few directions', () => {
  const spare = judgeWidth({ ...evidence, dead: 4, copies: 6 })
  expect(spare).toMatchObject({ verdict: 'tooMany', reasons: [{ id: 'spare', spare: 10, filters: 32 }] })
  const narrow = judgeWidth({ ...evidence, saturation: { components: 8, share: 0.25, positions: 2000 } })
  expect(narrow).toMatchObject({ verdict: 'tooMany', reasons: [{ id: 'saturation', components: 8, filters: 32 }] })
})

it('calls no filter too many that the curve shows to be needed', () => {
  const saturation = { components: 8, share: 0.25, positions: 2000 }
  const needed = { ...evidence, ablation: ablation(32), dead: 4, copies: 6, saturation }
  expect(judgeWidth(needed)).toMatchObject({ verdict: 'tooFew', reasons: [{ id: 'noPlateau', kept: 32 }] })
})

it('says nothing of a network that gives every picture the same answer', () => {
  const same = { ...ablation(0), measure: 'agreement' as const, accuracy: 1 }
  expect(judgeWidth({ ...evidence, ablation: same, chance: 1 })).toEqual({
    verdict: 'unknown',
    reasons: [{ id: 'oneAnswer', accuracy: 1, chance: 1 }],
  })
  expect(judgeWidth({ ...evidence, ablation: { ...same, ...ablation(12), measure: 'agreement' } }).verdict).toBe(
    'tooMany',
  )
})

it('says nothing of a network that is hardly better than chance, whatever the curve', () => {
  const lucky = judgeWidth({ ...evidence, ablation: ablation(1, 1, 0.14) })
  expect(lucky).toEqual({
    verdict: 'unknown',
    reasons: [{ id: 'noBetterThanChance', accuracy: 0.14, chance: 0.1 }],
  })
  expect(judgeWidth({ ...evidence, ablation: ablation(1, 1, 0.16) }).verdict).toBe('tooMany')
})

it('says why nothing was measured', () => {
  const judged = judgeWidth({ ...evidence, ablation: undefined, whyNotMeasured: 'Nothing reads it.' })
  expect(judged).toEqual({ verdict: 'unknown', reasons: [{ id: 'notMeasured', why: 'Nothing reads it.' }] })
})
