import { beforeAll, describe, expect, it } from 'vitest'
import { scaleChannels, scaleRows } from '../../engine/filters/measures/channel-scaling.ts'
import { exactFamilyShares } from '../../engine/filters/measures/exact-family.ts'
import { evenFamilyNull } from '../../engine/filters/measures/family-null.ts'
import { type LayerMeasures, measureLayer } from '../../engine/filters/measures/measure-layer.ts'
import { takeApart } from '../../engine/filters/measures/spatial-tests.ts'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { benjaminiHochberg, combineByCauchy, shareOfChance } from '../../engine/filters/statistics/combined-tests.ts'
import {
  betaUpperTail,
  gammaUpperTail,
  tailProbabilitiesReady,
} from '../../engine/filters/statistics/tail-probabilities.ts'
import type { MeasureId } from '../../engine/protocol/verdicts.ts'
import { readGolden } from './goldens/read-golden.ts'
import { type VerdictGolden, goldenWeights } from './goldens/verdict-weights.ts'

interface Goldens {
  readonly layers: readonly VerdictGolden[]
  readonly tails: Readonly<Record<'beta' | 'gamma', readonly (readonly number[])[]>>
}

const goldens = readGolden<Goldens>('verdicts.json')
const nulls = new NullLibrary()
beforeAll(() => tailProbabilitiesReady)

/** Relative to the expected value, or absolute where that is under 1. */
function expectClose(actual: number | undefined, expected: number | undefined): void {
  if (actual === undefined || expected === undefined) throw new Error(`${actual} stands beside ${expected}.`)
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)))
}

/** Three standard errors of two Monte-Carlo estimates; in the extrapolated tail the same order of magnitude. */
function expectSameChance(actual: number, expected: number, draws: number, ownDraws: number): void {
  const p = Math.max(actual, expected, 1 / draws)
  const error = Math.sqrt(p * (1 - p) * (1 / draws + 1 / ownDraws))
  expect(Math.abs(actual - expected), `${actual} beside ${expected}`).toBeLessThan(3 * error + 1 / draws + 1 / ownDraws)
  if (expected < 1e-3) {
    expect(Math.abs(Math.log10(actual) / Math.log10(expected) - 1), `${actual} beside ${expected}`).toBeLessThan(0.25)
  }
}

describe('tail probabilities against SciPy', () => {
  it.each(goldens.tails.beta)('P[Beta > %d] for %d and %d', (x, a, b, expected) => {
    expect(Math.abs(betaUpperTail(x!, a!, b!) - expected!)).toBeLessThanOrEqual(1e-9 * expected! + 1e-290)
  })

  it.each(goldens.tails.gamma)('P[Gamma > %d] for %d', (x, a, expected) => {
    expect(Math.abs(gammaUpperTail(x!, a!) - expected!)).toBeLessThanOrEqual(1e-9 * expected! + 1e-290)
  })
})

describe.each(goldens.layers.map((golden) => ({ golden, name: `${golden.kind} ${golden.shape.join('×')}` })))(
  '$name against the reference',
  ({ golden }) => {
    const { shape, filters: expected } = golden
    const [count, , height, width] = shape
    const isSpatial = height * width > 1
    let measured: LayerMeasures
    beforeAll(async () => {
      const chosen = Array.from({ length: count }, (_, filter) => filter)
      measured = await measureLayer(goldenWeights(golden), chosen, { nulls })
    })

    const measuresOf = (id: MeasureId) =>
      measured.filters.map(({ measures }) => measures.find((measure) => measure.id === id))

    it.each([
      ['smooth', 'roughness'],
      ['spectrum', 'spectrumKl'],
      ['shared', 'sharedShare'],
      ['selective', 'selectivity'],
      ['nearest', 'nearestAbsCosine'],
    ] as const)('measures the same %s', (id, name) => {
      measuresOf(id).forEach((measure, filter) => {
        if (expected[name] === undefined) expect(measure).toBeUndefined()
        else expectClose(measure?.value, expected[name][filter])
      })
    })

    it.each([
      ['smooth', 'pSmooth'],
      ['spectrum', 'pSpectrum'],
      ['shared', 'pShared'],
      ['selective', 'pSelective'],
    ] as const)('finds the same chance of being as %s, by drawing', (id, name) => {
      measuresOf(id).forEach((measure, filter) => {
        if (measure === undefined) return
        const rows = Math.min(count, 64)
        const draws = id === 'selective' ? rows * Math.floor(4000 / rows) : 20_000
        // A two-sided p is twice what was counted.
        const sides = id === 'smooth' ? 2 : 1
        expectSameChance(measure.p / sides, expected[name]![filter]! / sides, draws, draws)
      })
    })

    it('finds the same chance of the nearest filter and of the family', () => {
      measuresOf('nearest').forEach((measure, filter) => {
        expectClose(measure?.p, expected['pNearest']![filter])
      })
      if (expected['pFamily'] === undefined) {
        expect(measuresOf('family').every((measure) => measure === undefined)).toBe(true)
        return
      }
      familyLikeReference(golden).forEach((p, filter) => {
        expectClose(p, expected['pFamily']![filter])
      })
    })

    it('combines and adjusts p-values the same way', () => {
      const names = ['pSmooth', 'pSpectrum', 'pShared', 'pSelective', 'pFamily'].filter((name) => name in expected)
      const p = expected['p']!
      p.forEach((combined, filter) => {
        expectClose(combineByCauchy(names.map((name) => expected[name]![filter]!)), combined)
      })
      benjaminiHochberg(p).forEach((q, filter) => {
        expectClose(q, expected['q']![filter])
      })
      expectClose(shareOfChance(p)?.estimate, golden.layer['pi0'])
    })

    it('measures the same layer', () => {
      expectClose(measured.effectiveRank?.value, golden.layer['effectiveRank'])
      if (!isSpatial) return
      expectClose(measured.varianceEntropy?.value, golden.layer['varianceEntropy'])
      expectClose(measured.pooledSpectrum?.value, golden.layer['pooledKl'])
      expectSameChance(measured.pooledSpectrum!.p, golden.layer['pPooled']!, 1000, 20_000)
    })
  },
)

/** The exact family test in the order of the reference. */
function familyLikeReference(golden: VerdictGolden): (number | undefined)[] {
  const { values } = goldenWeights(golden)
  const [count, channels, height, width] = golden.shape
  const isSpatial = height * width > 1
  const size = isSpatial ? height * width - 1 : 1
  const rows = isSpatial ? takeApart(values, count, channels, height, width).coefficients : values
  if (!(rows instanceof Float64Array)) throw new Error('The rows are not doubles.')
  if (isSpatial) scaleRows(rows, count, channels * size)
  scaleChannels(rows, count, channels, size)
  const options = { folds: 8, withoutLeading: !isSpatial, order: golden.order }
  return exactFamilyShares(rows, count, channels * size, options).map((share) => {
    if (share === undefined) return undefined
    const { first, second } = evenFamilyNull(share)
    return betaUpperTail(share.share, first, second)
  })
}
