import type { RandomStream } from './stream.ts'

const QUANTILES = 1 << 16
let quantiles: Float32Array | undefined

/**
 * The normal distribution of mean 0 and standard deviation 1 as 65,536 equally likely numbers from −4.3 to 4.3: finer
 * than bytes can tell apart, and for the pixels of whole pictures much quicker than `RandomStream.normal`.
 */
export function normalNumbers(): Float32Array {
  return (quantiles ??= normalQuantiles(QUANTILES))
}

/** Fills `target` with independent draws from a table of 65,536 equally likely numbers; they depend on the stream alone. */
export function fillWithDraws<Numbers extends Float32Array | Int16Array>(
  target: Numbers,
  table: Numbers,
  stream: RandomStream,
): void {
  let counter = Math.floor(stream.uniform() * 2 ** 32) | 0
  for (let at = 0; at < target.length; at += 2) {
    // A Weyl sequence through the 32-bit mixer of MurmurHash3 (public domain), twice since the sequence moves evenly.
    counter = (counter - 0x61c88647) | 0
    const bits = mix(mix(counter))
    target[at] = table[bits & (QUANTILES - 1)] as number
    if (at + 1 < target.length) target[at + 1] = table[bits >>> 16] as number
  }
}

function mix(value: number): number {
  let bits = value ^ (value >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** The standard normal distribution at the middles of `count` equal shares, by the trapezoidal rule over its density. */
function normalQuantiles(count: number): Float32Array {
  const [end, steps] = [6, 1 << 19]
  const width = (2 * end) / steps
  const density = (at: number) => Math.exp(-0.5 * at * at) / Math.sqrt(2 * Math.PI)
  const found = new Float32Array(count)
  let [share, before, next] = [0, density(-end), 0]
  for (let step = 1; step <= steps && next < count; step++) {
    const at = -end + step * width
    const here = density(at)
    const gained = 0.5 * width * (before + here)
    for (; next < count && (next + 0.5) / count <= share + gained; next++) {
      found[next] = at - width + (width * ((next + 0.5) / count - share)) / gained
    }
    share += gained
    before = here
  }
  return found
}
