import { type FilterVerdictName, filterVerdictNames } from '../../engine/protocol/verdicts.ts'

export type VerdictCounts = Readonly<Record<FilterVerdictName, number>>

/** How many filters have each verdict. */
export function countVerdicts(verdicts: readonly FilterVerdictName[]): VerdictCounts {
  const counts = Object.fromEntries(filterVerdictNames.map((name) => [name, 0])) as Record<FilterVerdictName, number>
  for (const verdict of verdicts) counts[verdict]++
  return counts
}

const ranks = new Map(filterVerdictNames.map((name, rank) => [name, rank]))

/** Filters by verdict, in the order of the legend; those of one verdict keep their index order. */
export function sortByVerdict(verdicts: readonly FilterVerdictName[]): Uint32Array {
  const rankOf = (filter: number): number => ranks.get(verdicts[filter] ?? 'degenerate') ?? 0
  return Uint32Array.from(verdicts.keys()).sort((one, other) => rankOf(one) - rankOf(other) || one - other)
}

/** What of an order has one verdict. */
export function onlyVerdict(
  order: Uint32Array,
  verdicts: readonly FilterVerdictName[],
  wanted: FilterVerdictName,
): Uint32Array {
  return order.filter((filter) => verdicts[filter] === wanted)
}
