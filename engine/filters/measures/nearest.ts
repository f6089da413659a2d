import type { Values } from '../statistics/inner-product.ts'
import { betaQuantile, betaUpperTail } from '../statistics/tail-probabilities.ts'
import type { Distribution } from './measure.ts'

/** The filter of the same layer that points most nearly the same way, or exactly the other way. */
export interface Nearest {
  /** Its row. */
  readonly row: number
  readonly cosine: number
  /** P that any of the others comes as near by chance: Šidák's correction of an exact Beta tail. */
  readonly p: number
}

/** For each of `count` unit rows of `length` values with the inner products `cosines`; undefined for a row alone. */
export function nearestRows(cosines: Values, count: number, length: number): (Nearest | undefined)[] {
  return Array.from({ length: count }, (_, row) => {
    const nearest = largestBeside(cosines, row * count, count, row)
    if (nearest < 0) return undefined
    const cosine = Math.max(-1, Math.min(1, cosines[row * count + nearest] as number))
    return { row: nearest, cosine, p: nearestChance(cosine, count, length) }
  })
}

/** The index of the entry of largest size but number `own`; -1 where there is none. */
function largestBeside(cosines: Values, offset: number, count: number, own: number): number {
  let nearest = -1
  let most = -1
  for (let other = 0; other < count; other++) {
    const size = Math.abs(cosines[offset + other] as number)
    if (size <= most || other === own) continue
    most = size
    nearest = other
  }
  return nearest
}

/** P that the nearest of `count` − 1 random directions in `length` dimensions has at least this |cosine|. */
export function nearestChance(cosine: number, count: number, length: number): number {
  if (length < 2) return 1
  const one = betaUpperTail(cosine ** 2, 0.5, (length - 1) / 2)
  return -Math.expm1((count - 1) * Math.log1p(-Math.min(one, 1 - 1e-16)))
}

/** The |cosine| of the nearest of `count` − 1 random directions in `length` dimensions. */
export function nearestDistribution(count: number, length: number): Distribution {
  return {
    quantile(probability) {
      const one = probability ** (1 / Math.max(1, count - 1))
      return length < 2 ? 1 : Math.sqrt(betaQuantile(one, 0.5, (length - 1) / 2))
    },
  }
}
