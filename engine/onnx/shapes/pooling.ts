import { type Dimension, intsAttribute } from '../graph.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'
import { readWindows, slide } from './windows.ts'

function pooled(context: ShapeContext): readonly Dimension[] {
  const [batch, channels, ...sizes] = context.input(0).dims
  if (sizes.length === 0) context.fail('the input needs a batch, a channel and at least one spatial axis')
  const kernel = intsAttribute(context.node, 'kernel_shape') ?? []
  if (kernel.length !== sizes.length) {
    context.fail(`'kernel_shape' is [${kernel.join(', ')}] but the input has ${sizes.length} spatial axes`)
  }
  const windows = slide(context, sizes, readWindows(context, kernel))
  const spatial = windows.map((size, axis) => context.orFresh(size, axis + 2))
  return [batch as Dimension, channels as Dimension, ...spatial]
}

const pool: ShapeRule = (context) => [{ dataType: context.input(0).dataType, dims: pooled(context) }]

/** The second output holds the position of each maximum in the flattened input. */
const maxPool: ShapeRule = (context) => {
  const dims = pooled(context)
  return [
    { dataType: context.input(0).dataType, dims },
    { dataType: 'int64', dims },
  ]
}

/** [N,C,…] → [N,C,1…]. */
const globalPool: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  if (dims.length < 2) context.fail('the input needs a batch and a channel axis')
  return [{ dataType, dims: dims.map((size, axis) => (axis < 2 ? size : 1)) }]
}

export const poolingRules: Readonly<Record<string, ShapeRule>> = {
  MaxPool: maxPool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
}
