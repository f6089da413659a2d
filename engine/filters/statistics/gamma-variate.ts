import type { RandomStream } from '../../random/stream.ts'

/** A draw of Gamma(shape, scale 1), by rejection (Marsaglia and Tsang, 2000). */
export function gammaVariate(shape: number, stream: RandomStream): number {
  if (shape < 1) return gammaVariate(shape + 1, stream) * (1 - stream.uniform()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = stream.normal()
    const v = (1 + c * x) ** 3
    if (v <= 0) continue
    const u = 1 - stream.uniform()
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x ** 2 + d * (1 - v + Math.log(v))) return d * v
  }
}
