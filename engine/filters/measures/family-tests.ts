import type { RowProducts, Values } from '../statistics/inner-product.ts'
import { betaUpperTail } from '../statistics/tail-probabilities.ts'
import { exactFamilyShares } from './exact-family.ts'
import { type FamilyShare, isFamily } from './family-share.ts'
import { fastFamilyShares } from './fast-family.ts'
import { StrengthFamilyNull, evenFamilyNull } from './family-null.ts'
import { type BetaShape, type Measure, betaDistribution } from './measure.ts'

const EXACT_FOLDS = 8
/** Up to about this many multiplications, all eigenvectors of every part are affordable: 30 ms. */
const EXACT_WORK = 3e7

/**
 * How much each of `count` unit rows [channels, inSlice] resembles the others: by all eigenvectors in small layers, by the
 * fast method in large ones. Undefined for all where the layer is too small, and for a row that is nothing but the leading direction.
 */
export async function familyTests(
  rows: Values,
  count: number,
  [channels, inSlice]: readonly [number, number],
  withoutLeading: boolean,
  products: RowProducts,
): Promise<(Measure | undefined)[]> {
  const length = channels * inSlice
  if (!isFamily(count, length, withoutLeading)) return new Array<undefined>(count).fill(undefined)
  const size = Math.min(count, length)
  const passes = withoutLeading ? 2 : 1
  const isSmall = EXACT_FOLDS * passes * (count * size ** 2 + 8 * size ** 3) <= EXACT_WORK
  const shares = isSmall
    ? exactFamilyShares(new Float64Array(rows), count, length, { folds: EXACT_FOLDS, withoutLeading })
    : await fastFamilyShares(rows, count, length, { ...fastFamily, withoutLeading }, products)
  return familyMeasures(shares, rows, [channels, inSlice])
}

/** Two parts, so that only two searches for directions are made: what that costs in power is measured by the evidence. */
export const fastFamily = { folds: 2, mostDirections: 8, iterations: 4 } as const

/** Each share of the unit rows [channels, inSlice] beside what chance makes of it. */
export function familyMeasures(
  shares: readonly (FamilyShare | undefined)[],
  rows: Values,
  [channels, inSlice]: readonly [number, number],
): (Measure | undefined)[] {
  // Filters of one part share their axes, and with them the null.
  const nulls = new Map<Float64Array, StrengthFamilyNull>()
  const nullOf = (share: FamilyShare, row: number): BetaShape => {
    const { axes } = share
    if (axes === undefined || channels === 1) return evenFamilyNull(share)
    const known = nulls.get(axes) ?? new StrengthFamilyNull(axes, share, channels, inSlice)
    nulls.set(axes, known)
    return known.of(rows, row * channels * inSlice)
  }
  return shares.map((share, row) => {
    if (share === undefined) return undefined
    const shape = nullOf(share, row)
    const p = betaUpperTail(share.share, shape.first, shape.second)
    return { id: 'family', value: share.share, p, distribution: betaDistribution(shape) }
  })
}
