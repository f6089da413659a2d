import type { RowProducts, Values } from '../statistics/inner-product.ts'
import { exactFamilyShares } from './exact-family.ts'
import type { FamilyShare } from './family-share.ts'
import { isFamily } from './family-share.ts'
import { fastFamilyShares } from './fast-family.ts'
import { type Measure, betaDistribution } from './measure.ts'

const EXACT_FOLDS = 8
/** Up to about this many multiplications, all eigenvectors of every part are affordable: 30 ms. */
const EXACT_WORK = 3e7

/**
 * How much each of `count` unit rows resembles the others: exact in small layers, by the fast method in large ones.
 * Undefined for all where the layer is too small, and for a row that is nothing but the leading direction.
 */
export async function familyTests(
  rows: Values,
  count: number,
  length: number,
  withoutLeading: boolean,
  products: RowProducts,
): Promise<(Measure | undefined)[]> {
  if (!isFamily(count, length, withoutLeading)) return new Array<undefined>(count).fill(undefined)
  const size = Math.min(count, length)
  const passes = withoutLeading ? 2 : 1
  const isSmall = EXACT_FOLDS * passes * (count * size ** 2 + 8 * size ** 3) <= EXACT_WORK
  const shares = isSmall
    ? exactFamilyShares(new Float64Array(rows), count, length, { folds: EXACT_FOLDS, withoutLeading })
    : await fastFamilyShares(rows, count, length, { ...fastFamily, withoutLeading }, products)
  return shares.map((share) => (share === undefined ? undefined : familyMeasure(share)))
}

/** Two parts, so that only two searches for directions are made: what that costs in power is measured by the evidence. */
export const fastFamily = { folds: 2, mostDirections: 8, iterations: 4 } as const

function familyMeasure({ share, directions, dimensions, p }: FamilyShare): Measure {
  return {
    id: 'family',
    value: share,
    p,
    distribution: betaDistribution(directions / 2, (dimensions - directions) / 2),
  }
}
