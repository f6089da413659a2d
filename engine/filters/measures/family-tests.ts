import type { RowProducts, Values } from '../statistics/inner-product.ts'
import { exactFamilyShares } from './exact-family.ts'
import type { FamilyShare } from './family-share.ts'
import { isFamily } from './family-share.ts'
import { fastFamilyShares } from './fast-family.ts'
import { type Measure, betaDistribution } from './measure.ts'

/** Up to this many multiplications, all eigenvectors of every part are affordable. */
const EXACT_WORK = 3e6

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
  const isSmall = size ** 3 <= EXACT_WORK && count * length < 2e5
  const shares =
    isSmall && rows instanceof Float64Array
      ? exactFamilyShares(rows, count, length, { folds: 8, withoutLeading })
      : fastFamilyShares(await products(rows, count, length), count, length, {
          folds: 2,
          withoutLeading,
          mostDirections: 8,
          iterations: 4,
        })
  return shares.map((share) => (share === undefined ? undefined : familyMeasure(share)))
}

function familyMeasure({ share, directions, dimensions, p }: FamilyShare): Measure {
  return {
    id: 'family',
    value: share,
    p,
    distribution: betaDistribution(directions / 2, (dimensions - directions) / 2),
  }
}
