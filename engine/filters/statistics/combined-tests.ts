/**
 * One p-value out of several that may depend on each other: the Cauchy combination (Liu and Xie, 2020).
 * A p above .99 counts as .99, so that one test that sees nothing at all cannot silence the others.
 */
export function combineByCauchy(pValues: readonly number[]): number {
  const sum = pValues.reduce((total, p) => total + Math.tan((0.5 - Math.min(Math.max(p, 1e-15), 0.99)) * Math.PI), 0)
  // For a sum far out, .5 − atan loses every digit; 1 / (π t) is what it tends to.
  const mean = sum / pValues.length
  return mean > 1e8 ? 1 / (Math.PI * mean) : 0.5 - Math.atan(mean) / Math.PI
}

/** The q-value of every p-value of a family, in their order (Benjamini and Hochberg, 1995). */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[b] as number) - (pValues[a] as number))
  const qValues = new Array<number>(pValues.length)
  let smallest = 1
  order.forEach((index, position) => {
    const rank = pValues.length - position
    smallest = Math.min(smallest, (pValues[index] as number) * (pValues.length / rank))
    qValues[index] = smallest
  })
  return qValues
}

/** An estimated share with the interval that holds it 95 times of 100. */
export interface EstimatedShare {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * The share of p-values that come from nothing but chance: those above .5, twice (Storey, 2002, with λ = .5).
 * The interval is Wilson's (1927) for the share above .5; undefined where there is no p-value.
 */
export function shareOfChance(pValues: readonly number[]): EstimatedShare | undefined {
  const count = pValues.length
  if (count === 0) return undefined
  const above = pValues.filter((p) => p > 0.5).length
  const [low, high] = wilsonInterval(above, count)
  return {
    estimate: Math.min(1, (1 + above) / (count / 2)),
    low: Math.min(1, 2 * low),
    high: Math.min(1, 2 * high),
  }
}

function wilsonInterval(successes: number, count: number): [number, number] {
  const z = 1.959963984540054
  const share = successes / count
  const centre = share + z ** 2 / (2 * count)
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  const scale = 1 + z ** 2 / count
  return [Math.max(0, (centre - reach) / scale), Math.min(1, (centre + reach) / scale)]
}
