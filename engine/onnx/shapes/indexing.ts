import { type Dimension, intAttribute } from '../graph.ts'
import type { KnownValue } from './dimensions.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

const gather: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const indices = context.input(1)
  const axis = context.axis(intAttribute(context.node, 'axis', 0), dims.length)
  const result = [...dims.slice(0, axis), ...indices.dims, ...dims.slice(axis + 1)]
  const positions = context.numbers(1)
  const size = dims[axis]
  if (typeof size === 'number') {
    const outside = positions?.find((position) => position < -size || position >= size)
    if (outside !== undefined) context.fail(`index ${outside} is outside axis ${axis} of ${size} elements`)
  }
  if (dims.length !== 1 || values === undefined || positions === undefined) return [{ dataType, dims: result }]
  return [{ dataType, dims: result, values: positions.map((position) => values.at(position)) }]
}

const gatherElements: ShapeRule = (context) => [{ dataType: context.input(0).dataType, dims: context.input(1).dims }]

/** Data [b…, i…, r…], indices [b…, k…, n] → [b…, k…, r…]. */
const gatherNd: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const indices = context.input(1).dims
  const depth = indices.at(-1)
  if (typeof depth !== 'number') return []
  const batchAxes = intAttribute(context.node, 'batch_dims', 0)
  if (batchAxes + depth > dims.length) context.fail(`indices of ${depth} numbers are too long for the data`)
  return [{ dataType, dims: [...indices.slice(0, -1), ...dims.slice(batchAxes + depth)] }]
}

/** Data with some elements replaced keeps its shape; indices and updates must agree. */
const scatterElements: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  context.commonDataType([0, 2])
  const indices = context.input(1).dims
  const updates = context.input(2).dims
  if (indices.length !== dims.length || updates.length !== dims.length) {
    context.fail('data, indices and updates must have the same number of axes')
  }
  checkEqual(context, indices, updates, 'indices and updates')
  return [{ dataType, dims }]
}

const scatterNd: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  context.commonDataType([0, 2])
  const indices = context.input(1).dims
  const depth = indices.at(-1)
  if (typeof depth === 'number') {
    const expected = [...indices.slice(0, -1), ...dims.slice(depth)]
    const updates = context.input(2).dims
    if (expected.length !== updates.length) context.fail(`the updates need the shape [${expected.join(', ')}]`)
    checkEqual(context, expected, updates, 'the indexed places and the updates')
  }
  return [{ dataType, dims }]
}

function checkEqual(context: ShapeContext, a: readonly Dimension[], b: readonly Dimension[], what: string): void {
  for (const [axis, size] of a.entries()) {
    const other = b[axis]
    if (typeof size === 'number' && typeof other === 'number' && size !== other) {
      context.fail(`${what} differ along axis ${axis} (${size} and ${other})`)
    }
  }
}

const slice: ShapeRule = (context) => {
  const { dataType, dims, values } = context.input(0)
  const starts = context.integers(1)
  const ends = context.integers(2)
  const steps = context.has(4) ? context.integers(4) : undefined
  const count = starts?.length ?? context.input(1).dims[0]
  if (typeof count === 'number' && count > dims.length) {
    context.fail(`${count} starts are given for ${dims.length} axes`)
  }
  const axes = context.has(3)
    ? context.numbers(3)
    : typeof count === 'number'
      ? Array.from({ length: count }, (_, axis) => axis)
      : undefined
  if (axes === undefined) return [{ dataType, dims: dims.map((_, axis) => context.orFresh(undefined, axis)) }]
  const result: Dimension[] = [...dims]
  let picked = dims.length === 1 ? values : undefined
  for (const [index, givenAxis] of axes.entries()) {
    const axis = context.axis(givenAxis, dims.length)
    const step = context.has(4) ? steps?.[index] : 1
    if (step === 0) context.fail(`the step of axis ${axis} is 0`)
    const size = dims[axis] as Dimension
    const range = slicedRange(size, starts?.[index], ends?.[index], step)
    const whole = starts?.[index] === 0 && step === 1 && isEnd(ends?.[index], size)
    result[axis] = whole ? size : context.orFresh(range?.length, axis)
    picked = range && picked && positionsOf(range).map((position) => picked?.[position])
  }
  const followed = dims.length === 1 && values !== undefined ? picked : undefined
  return [{ dataType, dims: result, values: followed }]
}

const int32Maximum = 2 ** 31 - 1

/** Whether a Slice ending at `end` goes to the end of the axis, whatever its size. */
function isEnd(end: KnownValue, size: Dimension): boolean {
  return end === size || (typeof end === 'number' && end >= int32Maximum)
}

/** What a slice of one axis takes: `length` positions, `first`, `first + step` … */
export interface SlicedRange {
  readonly first: number
  readonly step: number
  readonly length: number
}

export function positionsOf({ first, step, length }: SlicedRange): readonly number[] {
  return Array.from({ length }, (_, index) => first + index * step)
}

/** What a slice of one axis takes, undefined where that is not known; ends are clamped as the format says. */
export function slicedRange(
  size: KnownValue,
  start: KnownValue,
  end: KnownValue,
  step: KnownValue,
): SlicedRange | undefined {
  if (typeof size !== 'number' || typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') {
    return undefined
  }
  const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)
  const fromFront = (value: number): number => (value < 0 ? value + size : value)
  const first = step > 0 ? clamp(fromFront(start), 0, size) : clamp(fromFront(start), -1, size - 1)
  const last = step > 0 ? clamp(fromFront(end), 0, size) : clamp(fromFront(end), -1, size - 1)
  return { first, step, length: Math.max(0, Math.ceil((last - first) / step)) }
}

const pad: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const pads = context.integers(1)
  const axes = context.has(3)
    ? context.numbers(3)?.map((axis) => context.axis(axis, dims.length))
    : dims.map((_, axis) => axis)
  if (axes === undefined) return [{ dataType, dims: dims.map((_, axis) => context.orFresh(undefined, axis)) }]
  if (pads !== undefined && pads.length !== 2 * axes.length) {
    context.fail(`${pads.length} pads are given for ${axes.length} axes`)
  }
  const result: Dimension[] = [...dims]
  for (const [index, axis] of axes.entries()) {
    const size = dims[axis] as Dimension
    const begin = pads?.[index]
    const end = pads?.[index + axes.length]
    if (begin === 0 && end === 0) continue
    const known = typeof size === 'number' && typeof begin === 'number' && typeof end === 'number'
    const padded = known ? size + begin + end : undefined
    if (padded !== undefined && padded < 0) context.fail(`axis ${axis} would come out as ${padded}`)
    result[axis] = context.orFresh(padded, axis)
  }
  return [{ dataType, dims: result }]
}

const oneHot: ShapeRule = (context) => {
  const { dims } = context.input(0)
  const axis = context.axis(intAttribute(context.node, 'axis', -1), dims.length + 1)
  const depth = context.orFresh(context.values(1)?.[0], axis)
  return [{ dataType: context.input(2).dataType, dims: dims.toSpliced(axis, 0, depth) }]
}

const topK: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const axis = context.axis(intAttribute(context.node, 'axis', -1), dims.length)
  const count = context.integers(1)?.[0]
  const size = dims[axis]
  if (typeof count === 'number' && typeof size === 'number' && count > size) {
    context.fail(`the ${count} largest of ${size} elements are asked for`)
  }
  const result = dims.with(axis, context.orFresh(count, axis))
  return [
    { dataType, dims: result },
    { dataType: 'int64', dims: result },
  ]
}

/** [rank, count], the count depending on the data. */
const nonZero: ShapeRule = (context) => [
  { dataType: 'int64', dims: [context.input(0).dims.length, context.orFresh(undefined, 1)] },
]

export const indexingRules: Readonly<Record<string, ShapeRule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  Slice: slice,
  Pad: pad,
  OneHot: oneHot,
  TopK: topK,
  NonZero: nonZero,
}
