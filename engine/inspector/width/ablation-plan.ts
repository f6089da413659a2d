/** Multiply-adds that all masking of a layer together may take: about a minute on two cores. */
const MOST_MULTIPLY_ADDS = 1.2e12

const MOST_PICTURES = 1000
/** Fewer tell accuracies apart no finer than one in a hundred. */
const FEWEST_PICTURES = 100
const PICTURES_AT_ONCE = 100

/** What the first part of the network hands on for all pictures may take this much memory. */
const MOST_BYTES = 256 * 2 ** 20

const MOST_POINTS = 33
const GREEDY_PICTURES = 300
const GREEDY_CANDIDATES = 8

/** How much is measured; it follows from sizes alone, so that the same question has the same answer anywhere. */
export interface AblationPlan {
  readonly batch: number
  readonly batches: number
  /** Numbers of filters kept, from none to all. */
  readonly kept: readonly number[]
  readonly greedy: { readonly batches: number; readonly candidates: number } | undefined
}

export interface AblationSize {
  readonly filters: number
  /** How many validation pictures there are. */
  readonly available: number
  /** How many pictures the network takes at once where that is fixed. */
  readonly fixedBatch: number | undefined
  /** Per picture, of what must be computed again for each mask. */
  readonly multiplyAdds: number
  /** Per picture, of what that reads. */
  readonly bytes: number
}

export function planAblation({ filters, available, fixedBatch, multiplyAdds, bytes }: AblationSize): AblationPlan {
  const most = Math.max(1, Math.floor(Math.min(available, MOST_PICTURES, MOST_BYTES / bytes)))
  // Three orders that are known beforehand, and one that is found on the way.
  const evaluations = (points: number) => 4 * points
  let points = Math.min(MOST_POINTS, filters + 1)
  let pictures = most
  const cost = () => evaluations(points) * pictures * multiplyAdds
  if (cost() > MOST_MULTIPLY_ADDS) {
    pictures = Math.max(
      Math.min(FEWEST_PICTURES, most),
      Math.floor(MOST_MULTIPLY_ADDS / (evaluations(points) * multiplyAdds)),
    )
    pictures = Math.min(pictures, most)
  }
  if (cost() > MOST_MULTIPLY_ADDS) {
    points = Math.max(6, Math.floor(MOST_MULTIPLY_ADDS / (4 * pictures * multiplyAdds)))
  }
  const atOnce = fixedBatch ?? Math.ceil(pictures / Math.ceil(pictures / PICTURES_AT_ONCE))
  const batch = fixedBatch ?? Math.floor(pictures / Math.ceil(pictures / atOnce))
  const batches = Math.max(1, Math.floor(pictures / batch))
  const kept = spread(filters, points)
  const greedyBatches = Math.min(batches, Math.max(1, Math.round(GREEDY_PICTURES / batch)))
  const greedyCost = (kept.length - 1) * GREEDY_CANDIDATES * greedyBatches * batch * multiplyAdds
  const greedy = greedyCost > MOST_MULTIPLY_ADDS ? undefined : { batches: greedyBatches, candidates: GREEDY_CANDIDATES }
  return { batch, batches, kept, greedy }
}

/** `count` numbers from 0 to `filters`, closer together where few are kept. */
function spread(filters: number, count: number): number[] {
  if (count >= filters + 1) return Array.from({ length: filters + 1 }, (_, kept) => kept)
  const wanted = Array.from({ length: count }, (_, index) => Math.round(filters * (index / (count - 1)) ** 1.5))
  const distinct = new Set<number>()
  for (const kept of wanted) distinct.add(distinct.has(kept) ? Math.max(...distinct) + 1 : kept)
  return [...distinct].filter((kept) => kept <= filters).sort((one, other) => one - other)
}
