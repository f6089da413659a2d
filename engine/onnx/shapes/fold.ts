import type { Dimension } from '../graph.ts'
import type { KnownValue } from './dimensions.ts'
import type { ShapeContext } from './shape-context.ts'

/** Tensors with more elements than this are never shapes, axes or pads: their values are not followed. */
export const maximumKnownValues = 256

/** Number of elements where every size is known and small enough to follow, else undefined. */
export function smallCount(dims: readonly Dimension[]): number | undefined {
  let count = 1
  for (const size of dims) {
    if (typeof size !== 'number') return undefined
    count *= size
  }
  return count <= maximumKnownValues ? count : undefined
}

/** Elements of an operator applied to broadcast operands, `dims` being the result's shape; undefined where any operand is unknown. */
export function foldElementwise(
  context: ShapeContext,
  indices: readonly number[],
  dims: readonly Dimension[],
  compute: (context: ShapeContext, ...operands: KnownValue[]) => KnownValue,
): readonly KnownValue[] | undefined {
  const count = smallCount(dims)
  const operands = indices.map((index) => context.input(index))
  if (count === undefined || operands.some((operand) => operand.values === undefined)) return undefined
  const resultDims = dims as readonly number[]
  return Array.from({ length: count }, (_, position) => {
    const picked = operands.map(
      (operand) => operand.values?.[broadcastOffset(position, resultDims, operand.dims as readonly number[])],
    )
    return compute(context, ...picked)
  })
}

/** Where element `position` of a tensor of shape `dims` reads in an operand of shape `operandDims`. */
export function broadcastOffset(position: number, dims: readonly number[], operandDims: readonly number[]): number {
  let offset = 0
  let stride = 1
  let rest = position
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const size = dims[axis] as number
    const operandSize = operandDims[axis - dims.length + operandDims.length] ?? 1
    if (operandSize !== 1) offset += (rest % size) * stride
    stride *= operandSize
    rest = Math.floor(rest / size)
  }
  return offset
}
