import type { Dimension } from '../onnx/graph.ts'
import type { Emitter } from './rule.ts'

/**
 * The gradient of broadcasting: `value` of shape `from` summed down to shape `to`, which broadcasts to `from`.
 * Axes that `to` lacks are summed away first, axes where `to` has size 1 are summed and kept.
 */
export function sumToShape(
  emit: Pick<Emitter, 'op' | 'ints'>,
  value: string,
  from: readonly Dimension[],
  to: readonly Dimension[],
): string {
  const extra = from.length - to.length
  const leading = Array.from({ length: extra }, (_, axis) => axis)
  const stretched = to.flatMap((size, axis) => (size === 1 && from[axis + extra] !== 1 ? [axis] : []))
  const summed =
    extra === 0 ? value : emit.op('ReduceSum', [value, emit.ints(leading)], { keepdims: 0 }, 'sum-new-axes')
  if (stretched.length === 0) return summed
  return emit.op('ReduceSum', [summed, emit.ints(stretched)], { keepdims: 1 }, 'sum-stretched-axes')
}
