import { type RandomStream, randomStream, shuffledIndices } from '../../random/stream.ts'

/** With what each picture of a batch is mixed. */
export interface Mixture {
  /** Position in the batch of the other picture, [N]. */
  readonly partners: Uint32Array
  /** What is left of the picture itself, 0.5–1; the rest is the other's: [N]. */
  readonly shares: Float32Array
}

/**
 * Draws how the pictures of the batch of `step` are mixed, as mixup does (Zhang et al. 2018): with a random other one of
 * the batch, in shares of Beta(alpha, alpha), 0 < alpha ≤ 1, drawn for each picture. Which of two gets the larger share is
 * chance either way, so it is always the picture itself: its label stays the one it is counted right by.
 */
export function drawMixture(alpha: number, seed: number, step: number, batchSize: number): Mixture {
  const stream = randomStream(seed, 'mixup', step)
  const partners = shuffledIndices(batchSize, stream)
  const shares = Float32Array.from({ length: batchSize }, () => {
    const share = symmetricBeta(alpha, stream)
    return Math.max(share, 1 - share)
  })
  return { partners, shares }
}

/**
 * A draw of Beta(alpha, alpha) for alpha ≤ 1, by rejection (Jöhnk 1964): x / (x + y) of x = U^(1/alpha), y = V^(1/alpha)
 * where x + y ≤ 1. By logarithms, as a small alpha makes powers too small to hold.
 */
function symmetricBeta(alpha: number, stream: RandomStream): number {
  for (;;) {
    const x = Math.log(1 - stream.uniform()) / alpha
    const y = Math.log(1 - stream.uniform()) / alpha
    const larger = Math.max(x, y)
    const logSum = larger + Math.log(Math.exp(x - larger) + Math.exp(y - larger))
    if (logSum <= 0) return Math.exp(x - logSum)
  }
}

/** Mixes `picture` with `other`, uint8 of equal length, in place: share · picture + (1 − share) · other, rounded. */
export function mixPicture(picture: Uint8Array, other: Uint8Array, share: number): void {
  for (let at = 0; at < picture.length; at++) {
    const theirs = other[at] as number
    picture[at] = theirs + share * ((picture[at] as number) - theirs) + 0.5
  }
}
