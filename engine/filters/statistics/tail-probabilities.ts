import { compiled, igamc, incbet, ndtr, ndtri, psi } from 'cephes'

/** Resolves once the tail probabilities can be called: they are compiled C (the Cephes library). */
export const tailProbabilitiesReady: Promise<void> = compiled

/** P[Beta(first, second) > x], the regularised incomplete beta function read from the upper end. */
export function betaUpperTail(x: number, first: number, second: number): number {
  if (x <= 0) return 1
  if (x >= 1) return 0
  return withoutUnderflow(() => incbet(second, first, 1 - x), 0)
}

/** P[Gamma(shape, scale 1) > x], the regularised incomplete gamma function read from the upper end. */
export function gammaUpperTail(x: number, shape: number): number {
  if (x <= 0) return 1
  return withoutUnderflow(() => igamc(shape, x), x > shape ? 0 : 1)
}

/** P[Normal(0, 1) < x] */
export function normalLowerTail(x: number): number {
  return withoutUnderflow(() => ndtr(x), 0)
}

/** The derivative of ln Γ. */
export function digamma(x: number): number {
  return psi(x)
}

/** The x with P[Normal(0, 1) ≤ x] = probability. */
export function normalQuantile(probability: number): number {
  return ndtri(probability)
}

/** The x with P[Beta(first, second) ≤ x] = probability, by bisection to 12 decimal places. */
export function betaQuantile(probability: number, first: number, second: number): number {
  let low = 0
  let high = 1
  while (high - low > 1e-12) {
    const middle = (low + high) / 2
    if (1 - betaUpperTail(middle, first, second) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Cephes throws where a probability is too small for a double, or the one beside it is. */
function withoutUnderflow(compute: () => number, limit: number): number {
  try {
    return compute()
  } catch {
    return limit
  }
}
