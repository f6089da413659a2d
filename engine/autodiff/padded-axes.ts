import { constantIntegers } from './constant-integers.ts'
import type { ForwardNode } from './rule.ts'

/** One axis of a Pad node that gets a border, or is cut where the numbers are negative. */
export interface PaddedAxis {
  readonly axis: number
  readonly begin: number
  readonly end: number
}

/** The axes that a Pad node changes; throws NodeRefusal where the graph computes its pads. */
export function paddedAxes(node: ForwardNode): readonly PaddedAxis[] {
  const pads = constantIntegers(node, 1, 'pads')
  const rank = node.inputDims(0).length
  const axes = node.hasInput(3) ? constantIntegers(node, 3, 'axes') : Array.from({ length: rank }, (_, axis) => axis)
  return axes
    .map((axis, index) => ({
      axis: axis < 0 ? axis + rank : axis,
      begin: pads[index] ?? 0,
      end: pads[index + axes.length] ?? 0,
    }))
    .filter(({ begin, end }) => begin !== 0 || end !== 0)
}

/** Pads as the operator takes them, from [axis, begin, end] for some axes and 0 for the others. */
export function fullPads(node: ForwardNode, named: readonly (readonly [number, number, number])[]): readonly number[] {
  const rank = node.inputDims(0).length
  const pads = new Array<number>(2 * rank).fill(0)
  for (const [axis, begin, end] of named) [pads[axis], pads[axis + rank]] = [begin, end]
  return pads
}
