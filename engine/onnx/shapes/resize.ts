import { type Dimension, intsAttribute, stringAttribute } from '../graph.ts'
import type { KnownValue } from './dimensions.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

/** Sizes as given, or floor(size · scale), cut to the region of interest where the mode crops. */
const resize: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const axes = (intsAttribute(context.node, 'axes') ?? dims.map((_, axis) => axis)).map((axis) =>
    context.axis(axis, dims.length),
  )
  const resized = resizedAxes(context, axes)
  if (resized !== undefined && resized.length !== axes.length) {
    context.fail(`${resized.length} sizes or scales are given for ${axes.length} axes`)
  }
  const result = dims.map((size, axis) => {
    const index = axes.indexOf(axis)
    return index < 0 ? size : context.orFresh(resized?.[index], axis)
  })
  return [{ dataType, dims: result }]
}

function resizedAxes(context: ShapeContext, axes: readonly number[]): readonly KnownValue[] | undefined {
  const { dims } = context.input(0)
  const before = axes.map((axis) => dims[axis] as Dimension)
  if (context.has(3)) return keepAspectRatio(context, before, context.integers(3))
  const scales = context.has(2) ? context.values(2) : context.fail('neither sizes nor scales are given')
  const crops = stringAttribute(context.node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize'
  const roi = context.values(1)
  return scales?.map((scale, index) => {
    const size = before[index]
    if (scale === 1 && !crops) return size
    if (typeof size !== 'number' || typeof scale !== 'number') return undefined
    // In single precision, as scales are given: 5 · 2.6 is 13.
    if (!crops) return Math.floor(Math.fround(size * scale))
    const [start, end] = [roi?.[index], roi?.[index + axes.length]]
    if (typeof start !== 'number' || typeof end !== 'number') return undefined
    return Math.floor(Math.fround(size * (end - start) * scale))
  })
}

function keepAspectRatio(
  context: ShapeContext,
  before: readonly Dimension[],
  sizes: readonly KnownValue[] | undefined,
): readonly KnownValue[] | undefined {
  const policy = stringAttribute(context.node, 'keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch' || sizes === undefined) return sizes
  const ratios = sizes.map((size, index) => (size as number) / (before[index] as number))
  if (ratios.some((ratio) => Number.isNaN(ratio))) return sizes.map(() => undefined)
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  return before.map((size) => Math.round((size as number) * ratio))
}

export const resizeRules: Readonly<Record<string, ShapeRule>> = { Resize: resize }
