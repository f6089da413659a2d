import { type Dimension, intAttribute, intsAttribute } from '../graph.ts'
import { type KnownValue, formatDims, product, quotient } from './dimensions.ts'
import { broadcastOffset, smallCount } from './fold.ts'
import type { InferredValue, ShapeContext, ShapeRule } from './shape-context.ts'

/** 0 copies the input's size (unless allowzero), one -1 takes what is left. */
const reshape: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const shape = context.values(1)
  if (shape === undefined) {
    const rank = context.input(1).dims[0]
    if (typeof rank !== 'number') return []
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
  const lengths = context.has(1) ? context.values(1) : equalParts(context, size, parts)
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

const expand: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const shape = context.values(1)
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
  const repeats = context.values(1)
  if (repeats !== undefined && repeats.length !== dims.length) {
    context.fail(`${repeats.length} repeats are given for ${dims.length} axes`)
  }
  const result = dims.map((size, axis) => {
    const times = repeats?.[axis]
    return context.orFresh(times === undefined ? undefined : product([size, times]), axis)
  })
  return [{ dataType, dims: result }]
}

/** [N, C·b², H, W] → [N, C, H·b, W·b]. */
const depthToSpace: ShapeRule = (context) => {
  const [batch, channels, height, width] = fourAxes(context)
  const block = intAttribute(context.node, 'blocksize', 1)
  const depth = quotient([channels], [block * block])
  if (depth === undefined && typeof channels === 'number') {
    context.fail(`${channels} channels cannot be shared out over blocks of ${block}×${block}`)
  }
  return fourResult(context, [batch, depth, product([height, block]), product([width, block])])
}

/** [N, C, H·b, W·b] → [N, C·b², H, W]. */
const spaceToDepth: ShapeRule = (context) => {
  const [batch, channels, height, width] = fourAxes(context)
  const block = intAttribute(context.node, 'blocksize', 1)
  const down = (size: Dimension): KnownValue => {
    const blocks = quotient([size], [block])
    if (blocks === undefined && typeof size === 'number')
      context.fail(`${size} is not a multiple of the block size ${block}`)
    return blocks
  }
  return fourResult(context, [batch, product([channels, block * block]), down(height), down(width)])
}

function fourAxes(context: ShapeContext): readonly [Dimension, Dimension, Dimension, Dimension] {
  const { dims } = context.input(0)
  if (dims.length !== 4) context.fail('the input needs four axes [N, C, H, W]')
  return dims as unknown as readonly [Dimension, Dimension, Dimension, Dimension]
}

function fourResult(context: ShapeContext, sizes: readonly KnownValue[]): readonly InferredValue[] {
  return [{ dataType: context.input(0).dataType, dims: sizes.map((size, axis) => context.orFresh(size, axis)) }]
}

/** The experimental Crop of early exporters: border [left, top, right, bottom], or a corner and a size. */
const crop: ShapeRule = (context) => {
  const [batch, channels, height, width] = fourAxes(context)
  const [left = 0, top = 0, right = 0, bottom = 0] = intsAttribute(context.node, 'border') ?? []
  const scale = intsAttribute(context.node, 'scale')
  const cut = (size: Dimension, lost: number): KnownValue => (typeof size === 'number' ? size - lost : undefined)
  const sizes = scale === undefined ? [cut(height, top + bottom), cut(width, left + right)] : scale
  return fourResult(context, [batch, channels, ...sizes])
}

/** [N, C·∏block, L] → [N, C, …image]. */
const col2Im: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const image = context.values(1)
  const block = context.numbers(2)
  if (image === undefined) return []
  const channels = block === undefined ? undefined : quotient([dims[1] as Dimension], block)
  if (block !== undefined && channels === undefined && typeof dims[1] === 'number') {
    context.fail(`${dims[1]} rows are no multiple of a block of ${block.join('×')}`)
  }
  const sizes = [dims[0], channels, ...image]
  return [{ dataType, dims: sizes.map((size, axis) => context.orFresh(size, axis)) }]
}

export const layoutRules: Readonly<Record<string, ShapeRule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Crop: crop,
  Col2Im: col2Im,
}
