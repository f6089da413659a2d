import { type Dimension, intAttribute, intsAttribute } from '../graph.ts'
import { type KnownValue, product, quotient } from './dimensions.ts'
import { broadcastOffset, smallCount } from './fold.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

const transpose: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const order = intsAttribute(context.node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis)
  if (order.length !== dims.length || new Set(order).size !== dims.length) {
    context.fail(`'perm' is [${order.join(', ')}], which is no order of ${dims.length} axes`)
  }
  return [{ dataType, dims: order.map((axis) => dims[context.axis(axis, dims.length)] as Dimension) }]
}

const concat: ShapeRule = (context) => {
  const inputs = context.node.inputs.map((_, index) => context.input(index))
  const dataType = context.commonDataType(inputs.map((_, index) => index))
  const first = context.input(0).dims
  const axis = context.axis(intAttribute(context.node, 'axis', 1), first.length)
  if (inputs.some((input) => input.dims.length !== first.length)) context.fail('they have different numbers of axes')
  const dims = first.map((_, position): Dimension => {
    const sizes = inputs.map((input) => input.dims[position] as Dimension)
    if (position !== axis) return agreed(context, sizes, position)
    const numbers = sizes.filter((size) => typeof size === 'number')
    const total = numbers.length === sizes.length ? numbers.reduce((sum, size) => sum + size, 0) : undefined
    return inputs.length === 1 ? (sizes[0] as Dimension) : context.orFresh(total, position)
  })
  const followed = first.length === 1 && inputs.every((input) => input.values !== undefined)
  return [{ dataType, dims, values: followed ? inputs.flatMap((input) => input.values ?? []) : undefined }]
}

function agreed(context: ShapeContext, sizes: readonly Dimension[], axis: number): Dimension {
  const numbers = new Set(sizes.filter((size) => typeof size === 'number'))
  if (numbers.size > 1) context.fail(`the sizes ${[...numbers].join(' and ')} of axis ${axis} differ`)
  const [number] = numbers
  return number ?? (sizes[0] as Dimension)
}

const split: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const axis = context.axis(intAttribute(context.node, 'axis', 0), dims.length)
  const size = dims[axis] as Dimension
  const parts = context.node.outputs.length
  const stated = intAttribute(context.node, 'num_outputs', parts)
  if (stated !== parts) context.fail(`'num_outputs' is ${stated} but the node has ${parts} outputs`)
  const lengths = context.has(1) ? context.integers(1) : equalParts(context, size, parts)
  const numbers = lengths?.filter((length) => typeof length === 'number') ?? []
  if (numbers.length === parts && typeof size === 'number') {
    const total = numbers.reduce((sum, length) => sum + length, 0)
    if (total !== size) context.fail(`the parts [${numbers.join(', ')}] add up to ${total}, not to ${size}`)
  }
  return Array.from({ length: parts }, (_, part) => ({
    dataType,
    dims: dims.map((other, position) => (position === axis ? context.orFresh(lengths?.[part], axis) : other)),
  }))
}

/** Parts of equal length, the last one shorter where they do not divide evenly. */
function equalParts(context: ShapeContext, size: Dimension, parts: number): readonly KnownValue[] {
  if (typeof size === 'string') return Array.from({ length: parts }, () => quotient([size], [parts]))
  const length = Math.ceil(size / parts)
  const last = size - length * (parts - 1)
  if (last < 0) context.fail(`${size} elements cannot be shared out among ${parts} parts`)
  return Array.from({ length: parts }, (_, part) => (part === parts - 1 ? last : length))
}

const expand: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const shape = context.integers(1)
  if (shape === undefined) return []
  const target = shape.map((size, axis) => context.orFresh(size, axis))
  const result = context.broadcast([dims, target])
  return [{ dataType, dims: result, values: repeated(dims, result, values) }]
}

function repeated(
  dims: readonly Dimension[],
  result: readonly Dimension[],
  values: readonly KnownValue[] | undefined,
): readonly KnownValue[] | undefined {
  const count = smallCount(result)
  if (count === undefined || values === undefined) return undefined
  return Array.from(
    { length: count },
    (_, position) => values[broadcastOffset(position, result as readonly number[], dims as readonly number[])],
  )
}

const tile: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const repeats = context.integers(1)
  if (repeats !== undefined && repeats.length !== dims.length) {
    context.fail(`${repeats.length} repeats are given for ${dims.length} axes`)
  }
  const result = dims.map((size, axis) => {
    const times = repeats?.[axis]
    return context.orFresh(times === undefined ? undefined : product([size, times]), axis)
  })
  return [{ dataType, dims: result }]
}

export const arrangementRules: Readonly<Record<string, ShapeRule>> = {
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Expand: expand,
  Tile: tile,
}
