import type { Emitter, ForwardNode } from './rule.ts'

/** Why a reduction over axes that only the run knows has no gradient here. */
export function refusesComputedAxes(node: ForwardNode): string | undefined {
  if (!node.hasInput(1) || node.constantInput(1) !== undefined) return undefined
  return 'its axes are computed in the graph; only constant axes can be differentiated.'
}

/** The axes a reduction removes, counted from 0: its second input, else all axes or, with noop_with_empty_axes, none. */
export function reducedAxes(node: ForwardNode): readonly number[] {
  const rank = node.inputDims(0).length
  const given = Array.from((node.constantInput(1)?.data ?? []) as BigInt64Array, Number)
  if (given.length > 0) return given.map((axis) => (axis < 0 ? axis + rank : axis))
  return node.int('noop_with_empty_axes', 0) === 1 ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

/** `value`, in the shape of the reduction's output, in a shape that broadcasts against its input. */
export function besideReductionInput(node: ForwardNode, emit: Emitter, value: string, label: string): string {
  const axes = reducedAxes(node).toSorted((one, other) => one - other)
  // Leading axes come back by broadcasting alone.
  const isInPlace = node.int('keepdims', 1) === 1 || axes.every((axis, index) => axis === index)
  return isInPlace ? value : emit.op('Unsqueeze', [value, emit.ints(axes)], {}, label)
}

/** `value`, in the shape of the reduction's output, repeated along the reduced axes to the shape of its input. */
export function repeatAlongReducedAxes(node: ForwardNode, emit: Emitter, value: string): string {
  const kept = besideReductionInput(node, emit, value, 'Unsqueeze')
  return emit.op('Expand', [kept, emit.shapeOfInput(0)], {}, 'dX')
}

/** How many elements of the input go into one of the output, as float32 scalar. */
export function elementsPerResult(node: ForwardNode, emit: Emitter): string {
  const dims = node.inputDims(0)
  const axes = reducedAxes(node)
  const known = axes.reduce((product, axis) => {
    const size = dims[axis]
    return typeof size === 'number' ? product * size : Number.NaN
  }, 1)
  if (!Number.isNaN(known)) return emit.scalar(known)
  const sizes = emit.op('Gather', [emit.shapeOfInput(0), emit.ints(axes)], {}, 'sizes')
  const count = emit.op('ReduceProd', [sizes], { keepdims: 0 }, 'count')
  return emit.op('Cast', [count], { to: 1 }, 'count-as-float')
}

/** The gradient of ReduceMax or ReduceMin: dY goes to the element that was taken, in equal parts to tied ones. */
export function extremeElementGradient(node: ForwardNode, emit: Emitter): string {
  const axes = emit.ints(reducedAxes(node))
  const Y = besideReductionInput(node, emit, node.output(0), 'Y-beside-X')
  const dY = besideReductionInput(node, emit, node.outputGradient(0), 'dY-beside-X')
  const isTaken = emit.op('Equal', [node.input(0), Y], {}, 'is-taken')
  const taken = emit.op('Cast', [isTaken], { to: 1 }, 'taken')
  // Without axes nothing is reduced, whatever the node's own attribute makes of that.
  const attributes = { keepdims: 1, noop_with_empty_axes: 1 }
  const tied = emit.op('ReduceSum', [taken, axes], attributes, 'tied')
  return emit.op('Mul', [taken, emit.op('Div', [dY, tied], {}, 'share')], {}, 'dX')
}
