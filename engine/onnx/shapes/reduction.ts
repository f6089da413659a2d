import { type Dimension, intAttribute } from '../graph.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

/** The shape after `axes` are reduced to 1, or removed where keepdims is 0. */
function reduced(context: ShapeContext, axes: readonly number[]): readonly Dimension[] {
  const { dims } = context.input(0)
  const gone = new Set(axes.map((axis) => context.axis(axis, dims.length)))
  return intAttribute(context.node, 'keepdims', 1) === 0
    ? dims.filter((_, axis) => !gone.has(axis))
    : dims.map((size, axis) => (gone.has(axis) ? 1 : size))
}

const reduce: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const listed = context.has(1) ? context.numbers(1) : []
  if (listed === undefined) return []
  const none = listed.length === 0
  if (none && intAttribute(context.node, 'noop_with_empty_axes', 0) === 1) return [{ dataType, dims }]
  return [{ dataType, dims: reduced(context, none ? dims.map((_, axis) => axis) : listed) }]
}

/** Positions along one axis. */
const argReduce: ShapeRule = (context) => [
  { dataType: 'int64', dims: reduced(context, [intAttribute(context.node, 'axis', 0)]) },
]

const reductions = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare']

export const reductionRules: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(reductions.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: argReduce,
  ArgMin: argReduce,
}
