/** One point of a density: where on the measure's axis, and how likely there beside the likeliest (0 to 1). */
export interface DensityPoint {
  readonly value: number
  readonly height: number
}

const POINTS = 81

/**
 * The density of a distribution of which only quantiles are known. Over the standard normal's z of the same probability
 * the quantiles make a smooth rising curve x(z); it is interpolated without overshoot (Fritsch and Carlson, 1980) and
 * the density is φ(z) / x′(z). From the first to the last of the quantiles; nothing where all are equal.
 */
export function nullDensity(probabilities: readonly number[], quantiles: readonly number[]): DensityPoint[] {
  const zs = probabilities.map(normalQuantile)
  const first = quantiles[0] ?? 0
  const last = quantiles.at(-1) ?? 0
  if (!(last > first)) return []
  const slopes = monotoneSlopes(zs, quantiles)
  // Where many draws are equal the slope is 0, and the density would be without bound.
  const flattest = (last - first) / (50 * ((zs.at(-1) ?? 1) - (zs[0] ?? 0)))
  const from = zs[0] ?? 0
  const step = ((zs.at(-1) ?? 0) - from) / (POINTS - 1)
  const points = Array.from({ length: POINTS }, (_, index) => {
    const z = from + index * step
    const { value, slope } = interpolate(zs, quantiles, slopes, z)
    return { value, height: Math.exp((-z * z) / 2) / Math.max(slope, flattest) }
  })
  const highest = points.reduce((most, { height }) => Math.max(most, height), 0)
  return points.map(({ value, height }) => ({ value, height: height / highest }))
}

/** Harmonic means of the neighbouring secants, so that the curve between the points never turns back. */
function monotoneSlopes(xs: readonly number[], ys: readonly number[]): number[] {
  const secants = xs.slice(1).map((x, index) => ((ys[index + 1] ?? 0) - (ys[index] ?? 0)) / (x - (xs[index] ?? 0)))
  return xs.map((_, index) => {
    const before = secants[index - 1] ?? secants[index] ?? 0
    const after = secants[index] ?? before
    return before <= 0 || after <= 0 ? 0 : (2 * before * after) / (before + after)
  })
}

/** The cubic between two neighbours, and its slope. */
function interpolate(xs: readonly number[], ys: readonly number[], slopes: readonly number[], x: number) {
  let right = xs.findIndex((each) => each >= x)
  if (right < 0) right = xs.length - 1
  right = Math.max(1, right)
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [xs[right - 1], xs[right], ys[right - 1], ys[right]]
  const [m0 = 0, m1 = 0] = [slopes[right - 1], slopes[right]]
  const width = x1 - x0
  const t = (x - x0) / width
  const [t2, t3] = [t * t, t * t * t]
  const value =
    (2 * t3 - 3 * t2 + 1) * y0 + (t3 - 2 * t2 + t) * width * m0 + (3 * t2 - 2 * t3) * y1 + (t3 - t2) * width * m1
  const slope =
    ((6 * t2 - 6 * t) / width) * y0 +
    (3 * t2 - 4 * t + 1) * m0 +
    ((6 * t - 6 * t2) / width) * y1 +
    (3 * t2 - 2 * t) * m1
  return { value, slope }
}

/** z with P(Z ≤ z) = p: Acklam's rational approximation, right to 1e-9 of itself; its central part and one tail mirrored. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return polynomial(tailTop, q) / (polynomial(tailBottom, q) * q + 1)
  }
  const q = p - 0.5
  const r = q * q
  return (polynomial(middleTop, r) * q) / (polynomial(middleBottom, r) * r + 1)
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

const middleTop = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
]
const middleBottom = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
const tailTop = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]

/** The value at a probability that is one of `probabilities`. */
export function quantileAt(probabilities: readonly number[], quantiles: readonly number[], p: number): number {
  return quantiles[probabilities.indexOf(p)] ?? NaN
}
