import { type Dimension, intAttribute } from '../graph.ts'
import { type KnownValue, formatDims, product, quotient } from './dimensions.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

/** More than any runtime takes. */
const mostAxes = 64

/** 0 copies the input's size (unless allowzero), one -1 takes what is left. */
const reshape: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const shape = context.integers(1)
  if (shape === undefined) {
    const rank = context.input(1).dims[0]
    if (typeof rank !== 'number') return []
    if (rank > mostAxes) context.fail(`the new shape has ${rank} axes`)
    return [{ dataType, dims: Array.from({ length: rank }, (_, axis) => context.orFresh(undefined, axis)) }]
  }
  const allowZero = intAttribute(context.node, 'allowzero', 0) === 1
  const copied = shape.map((size, axis): KnownValue => {
    if (size !== 0 || allowZero) return size
    return dims[axis] ?? context.fail(`the new shape copies axis ${axis}, which the input does not have`)
  })
  const wildcards = copied.filter((size) => size === -1).length
  if (wildcards > 1) context.fail(`the new shape ${describe(copied)} leaves more than one size open`)
  const result = copied.map((size, axis) => (size === -1 ? rest(context, dims, copied) : context.orFresh(size, axis)))
  const oldCount = product(dims)
  const newCount = product(result)
  if (typeof oldCount === 'number' && typeof newCount === 'number' && oldCount !== newCount) {
    context.fail(`${oldCount} elements cannot be laid out as ${describe(copied)}, which has ${newCount}`)
  }
  return [{ dataType, dims: result, values }]
}

/** What the -1 of a new shape stands for. */
function rest(context: ShapeContext, dims: readonly Dimension[], shape: readonly KnownValue[]): Dimension {
  const axis = shape.indexOf(-1)
  const others = shape.filter((size) => size !== -1)
  if (others.some((size) => size === undefined)) return context.orFresh(undefined, axis)
  const known = others as readonly Dimension[]
  const size = quotient(dims, known)
  const total = product(dims)
  const divisor = product(known)
  if (size === undefined && typeof total === 'number' && typeof divisor === 'number') {
    context.fail(`${total} elements cannot be laid out as ${describe(shape)}`)
  }
  return context.orFresh(size, axis)
}

function describe(shape: readonly KnownValue[]): string {
  return formatDims(shape.map((size) => size ?? '?'))
}

/** [a,b,c,d] with axis 2 → [a·b, c·d]. */
const flatten: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const axis = intAttribute(context.node, 'axis', 1)
  const split = axis === dims.length ? axis : context.axis(axis, dims.length)
  return [
    {
      dataType,
      dims: [context.orFresh(product(dims.slice(0, split)), 0), context.orFresh(product(dims.slice(split)), 1)],
    },
  ]
}

const squeeze: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  if (!context.has(1)) {
    if (dims.some((size) => typeof size === 'string')) return []
    return [{ dataType, dims: dims.filter((size) => size !== 1), values }]
  }
  const axes = context.numbers(1)?.map((axis) => context.axis(axis, dims.length))
  if (axes === undefined) return []
  for (const axis of axes) {
    const size = dims[axis]
    if (typeof size === 'number' && size !== 1) context.fail(`axis ${axis} has ${size} elements and cannot be removed`)
  }
  return [{ dataType, dims: dims.filter((_, axis) => !axes.includes(axis)), values }]
}

const unsqueeze: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const axes = context.numbers(1)
  if (axes === undefined) return []
  const rank = dims.length + axes.length
  const added = new Set(axes.map((axis) => context.axis(axis, rank)))
  if (added.size !== axes.length) context.fail(`the axes [${axes.join(', ')}] name one twice`)
  const left = dims.values()
  const result = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (left.next().value as Dimension)))
  return [{ dataType, dims: result, values }]
}

export const reshapingRules: Readonly<Record<string, ShapeRule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
}
