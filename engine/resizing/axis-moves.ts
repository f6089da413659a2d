import type { Dimension } from '../onnx/graph.ts'

/** Where an axis went: joined with `outer` indices before and `inner` behind it. */
export interface MovedAxis {
  readonly axis: number
  readonly outer: number
  readonly inner: number
}

/**
 * Where the axis `axis` of a tensor of `from` is once the same elements are read as `to`, alone or joined with axes
 * beside it; undefined where it was taken apart, or sizes are not known.
 */
export function axisAfterReshape(
  from: readonly Dimension[],
  to: readonly Dimension[],
  axis: number,
): MovedAxis | undefined {
  for (let start = axis; start >= 0; start--) {
    if (!from.slice(0, start).every((size, index) => size === to[index])) continue
    for (let end = axis + 1; end <= from.length; end++) {
      if (product(from.slice(start, end)) !== to[start]) continue
      const [outer, inner] = [product(from.slice(start, axis)), product(from.slice(axis + 1, end))]
      const [restBefore, restAfter] = [product(from.slice(end)), product(to.slice(start + 1))]
      if (outer === undefined || inner === undefined || restBefore === undefined) continue
      if (restBefore === restAfter) return { axis: start, outer, inner }
    }
  }
  return undefined
}

function product(sizes: readonly Dimension[]): number | undefined {
  let total = 1
  for (const size of sizes) {
    if (typeof size !== 'number') return undefined
    total *= size
  }
  return total
}
