import { int64Tensor } from '../../onnx/graph.ts'
import { fullPads } from '../padded-axes.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'
import { type SlicedAxis, slicedAxes } from '../sliced-axes.ts'

/**
 * Y = the elements start, start + step ... of X along some axes  =>  dX = dY where they were, 0 elsewhere.
 *
 * Emitted: `dX` Pad over all axes whose step is 1; for each other axis before that `with-zero` Pad by one zero behind,
 * and `placed` Gather with constant indices that take the zero wherever Y took nothing.
 */
export const sliceRule: GradientRule = {
  opType: 'Slice',
  keeps: { inputs: [], outputs: [] },
  gradient(node, emit) {
    const axes = slicedAxes(node)
    const stepped = axes.filter((axis) => axis.step !== 1)
    const placed = stepped.reduce((value, axis) => placeAlong(node, emit, value, axis), node.outputGradient(0))
    const pads = axes.filter((axis) => axis.step === 1)
    return [pads.length === 0 ? placed : padTo(node, emit, placed, pads)]
  },
}

function padTo(node: ForwardNode, emit: Emitter, value: string, axes: readonly SlicedAxis[]): string {
  const pads = axes.map(({ axis, size, positions }) => {
    const begin = positions[0] ?? size
    return [axis, begin, size - begin - positions.length] as const
  })
  return emit.op('Pad', [value, emit.ints(fullPads(node, pads)), emit.scalar(0)], { mode: 'constant' }, 'dX')
}

function placeAlong(node: ForwardNode, emit: Emitter, value: string, { axis, size, positions }: SlicedAxis): string {
  const pads = emit.ints(fullPads(node, [[axis, 0, 1]]))
  const withZero = emit.op('Pad', [value, pads, emit.scalar(0)], { mode: 'constant' }, 'with-zero')
  const taken = new Map(positions.map((position, index) => [position, index]))
  const indices = Array.from({ length: size }, (_, position) => taken.get(position) ?? positions.length)
  const constant = emit.constant('indices', int64Tensor([size], indices))
  return emit.op('Gather', [withZero, constant], { axis }, 'placed')
}
