/** Multiply-adds that all masking of a layer together may take: about a minute on two cores. */
const MOST_MULTIPLY_ADDS = 1.2e12

const MOST_PICTURES = 1000
/** Fewer tell accuracies apart no finer than one in a hundred. */
const FEWEST_PICTURES = 100
const PICTURES_AT_ONCE = 100
/** Multiply-adds of one call of the runtime, which nothing can end: less than half a second on two free cores. */
const MOST_AT_ONCE = 6e9
/** What a picture costs besides, in multiply-adds. */
const OVERHEAD = 1e6
/** What the gradient of a batch costs, in looks at masked filters. */
export const GRADIENT_COST = 3

/** What the first part of the network hands on for all pictures may take this much memory. */
const MOST_BYTES = 256 * 2 ** 20

const MOST_POINTS = 33
const GREEDY_PICTURES = 300
/** Where fewer than so many filters could be tried, the greedy order is hardly another than the one it begins from. */
const FEWEST_TRIED = 8
const GREEDY_CANDIDATES = 8

/** How much is measured; it follows from sizes alone, so that the same question has the same answer anywhere. */
export interface AblationPlan {
  readonly batch: number
  readonly batches: number
  /** Numbers of filters kept, from none to all. */
  readonly kept: readonly number[]
  /** What a batch costs in the part that is computed once, in looks at masked filters. */
  readonly onceCost: number
  /** Left out where even a bounded search would take too long. */
  readonly greedy: GreedyPlan | undefined
}

export interface GreedyPlan {
  /** So many of the batches are looked at. */
  readonly batches: number
  /** How many filters are tried at least before some go. */
  readonly candidates: number
  /** With more filters left than these, they go untried, in the order it begins from. */
  readonly from: number
}

export interface AblationSize {
  readonly filters: number
  /** How many validation pictures there are. */
  readonly available: number
  /** How many pictures the network takes at once where that is fixed. */
  readonly fixedBatch: number | undefined
  /** Per picture, of what must be computed again for each mask. */
  readonly multiplyAdds: number
  /** Per picture, of what is computed once. */
  readonly multiplyAddsOnce: number
  /** Per picture, of what that hands on. */
  readonly bytes: number
}

export function planAblation(size: AblationSize): AblationPlan {
  const { filters, available, fixedBatch, multiplyAdds, multiplyAddsOnce, bytes } = size
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
  const mostAtOnce = Math.floor(MOST_AT_ONCE / Math.max(GRADIENT_COST * multiplyAdds, multiplyAddsOnce))
  const largest = Math.max(1, Math.min(PICTURES_AT_ONCE, mostAtOnce))
  const batch = fixedBatch ?? Math.floor(pictures / Math.ceil(pictures / largest))
  const batches = Math.max(1, Math.floor(pictures / batch))
  const kept = spread(filters, points)
  const onceCost = (multiplyAddsOnce + OVERHEAD) / (multiplyAdds + OVERHEAD)
  return { batch, batches, kept, onceCost, greedy: planGreedy(kept, batch, batches, multiplyAdds) }
}

/** First it looks at fewer pictures, then it begins with fewer filters left, until it fits. */
function planGreedy(kept: readonly number[], batch: number, batches: number, multiplyAdds: number) {
  const most = Math.min(batches, Math.max(1, Math.round(GREEDY_PICTURES / batch)))
  const fewest = Math.min(most, Math.ceil(FEWEST_PICTURES / batch))
  const tried = kept.toReversed().filter((from, index) => index === 0 || from >= FEWEST_TRIED)
  for (const from of tried) {
    const greedy = { batches: most, candidates: GREEDY_CANDIDATES, from }
    const affordable = Math.floor(MOST_MULTIPLY_ADDS / (looksOf(kept, greedy) * batch * multiplyAdds))
    if (affordable >= fewest) return { ...greedy, batches: Math.min(most, affordable) }
  }
  return undefined
}

/** A step of the greedy order: of `left` filters, `tried` are tried and then `going` go. */
export interface GreedyRound {
  readonly left: number
  readonly tried: number
  readonly going: number
}

/** From all filters to none, by the numbers at which the curve is measured. */
export function greedyRounds(
  kept: readonly number[],
  { candidates, from }: Pick<GreedyPlan, 'candidates' | 'from'>,
): readonly GreedyRound[] {
  return kept.toReversed().flatMap((left, index, counts) => {
    const target = counts[index + 1]
    if (target === undefined) return []
    const going = left - target
    const tried = left > from || left === 1 ? 0 : Math.min(left, Math.max(candidates, 2 * going))
    return [{ left, tried, going }]
  })
}

function looksOf(kept: readonly number[], greedy: GreedyPlan): number {
  return greedyRounds(kept, greedy).reduce((sum, { tried }) => sum + tried, 0)
}

/** To how many looks at masked filters in a batch the plan comes at most, with what else it does counted in such. */
export function countLooks({ kept, greedy, batches, onceCost }: AblationPlan): number {
  const gap = Math.max(1, ...kept.map((count, index) => count - (kept[index - 1] ?? 0)))
  const orders = greedy === undefined ? 3 : 4
  // All orders begin and end with the same filters.
  const measured = 2 + orders * (kept.length - 2 + Math.ceil(Math.log2(gap)))
  return (
    batches * (onceCost + GRADIENT_COST + measured) +
    (greedy === undefined ? 0 : greedy.batches * looksOf(kept, greedy))
  )
}

/** `count` numbers from 0 to `filters`, closer together where few are kept. */
function spread(filters: number, count: number): number[] {
  if (count >= filters + 1) return Array.from({ length: filters + 1 }, (_, kept) => kept)
  const wanted = Array.from({ length: count }, (_, index) => Math.round(filters * (index / (count - 1)) ** 1.5))
  const distinct = new Set<number>()
  for (const kept of wanted) distinct.add(distinct.has(kept) ? Math.max(...distinct) + 1 : kept)
  return [...distinct].filter((kept) => kept <= filters).sort((one, other) => one - other)
}
