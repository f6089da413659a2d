/** Consecutive indices along an axis: those of every filter of a layer in order, or of something else. */
export type ChannelBlock =
  { readonly kind: 'filters'; readonly each: number } | { readonly kind: 'others'; readonly count: number }

/** Which indices along an axis of a tensor belong to which filter of a layer: its blocks, `repeats` times over. */
export interface ChannelLayout {
  readonly repeats: number
  readonly blocks: readonly ChannelBlock[]
}

/** One index for each filter. */
export const oneForEach: ChannelLayout = { repeats: 1, blocks: [{ kind: 'filters', each: 1 }] }

/** The layout of an axis that was joined with one of `outer` indices before it and one of `inner` behind it. */
export function joined({ repeats, blocks }: ChannelLayout, outer: number, inner: number): ChannelLayout {
  return {
    repeats: outer * repeats,
    blocks: blocks.map((block) =>
      block.kind === 'filters'
        ? { kind: 'filters', each: block.each * inner }
        : { kind: 'others', count: block.count * inner },
    ),
  }
}

/** The filter, of `filters`, that each index belongs to; −1 for what belongs to none. */
export function ownersOf(layout: ChannelLayout, filters: number): Int32Array {
  const all = Array.from({ length: filters }, (_, filter) => filter)
  const owners: number[] = []
  forEachPlace(layout, all, filters, (_, filter) => owners.push(filter))
  return Int32Array.from(owners)
}

/** In place of a filter of a layer: one that it did not have before. */
export const FRESH = -1

/**
 * Along the axis of a layer that has the filters `wanted` of its former `filters`, FRESH among them: the former index
 * of each, FRESH for what is new.
 */
export function sourcesOf(layout: ChannelLayout, wanted: readonly number[], filters: number): Int32Array {
  const sources: number[] = []
  forEachPlace(layout, wanted, filters, (place) => sources.push(place))
  return Int32Array.from(sources)
}

function forEachPlace(
  { repeats, blocks }: ChannelLayout,
  wanted: readonly number[],
  filters: number,
  visit: (place: number, filter: number) => void,
): void {
  let start = 0
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const block of blocks) {
      if (block.kind === 'others') {
        for (let index = 0; index < block.count; index++) visit(start + index, -1)
        start += block.count
        continue
      }
      for (const filter of wanted) {
        for (let index = 0; index < block.each; index++) {
          visit(filter === FRESH ? FRESH : start + filter * block.each + index, filter)
        }
      }
      start += filters * block.each
    }
  }
}

export function isSameLayout(one: ChannelLayout, other: ChannelLayout): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
