/**
 * The items whose text holds every typed word as the beginning of one of its own words, in their order;
 * those that hold them only somewhere inside follow.
 */
export function searchActions<Item>(items: readonly Item[], query: string, textOf: (item: Item) => string): Item[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...items]
  const rank = (item: Item): number => {
    const text = textOf(item).toLocaleLowerCase()
    if (words.every((word) => text.split(/\s+/).some((other) => other.startsWith(word)))) return 0
    return words.every((word) => text.includes(word)) ? 1 : 2
  }
  const ranked = items.map((item) => ({ item, rank: rank(item) })).filter((entry) => entry.rank < 2)
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ item }) => item)
}
