import { positionsOf, slicedRange } from '../onnx/shapes/indexing.ts'
import { requireAffordable } from './affordable.ts'
import { constantIntegers } from './constant-integers.ts'
import { NodeRefusal } from './node-refusal.ts'
import type { ForwardNode } from './rule.ts'

/** One axis of a Slice node that is not taken whole. */
export interface SlicedAxis {
  readonly axis: number
  /** Elements of the input along it. */
  readonly size: number
  /** Those the node takes, in its order. */
  readonly positions: readonly number[]
  readonly step: number
}

/** The axes that a Slice node does not take whole; throws NodeRefusal where its bounds or their sizes are unknown. */
export function slicedAxes(node: ForwardNode): readonly SlicedAxis[] {
  const starts = constantIntegers(node, 1, 'starts')
  const ends = constantIntegers(node, 2, 'ends')
  const rank = node.inputDims(0).length
  const given = node.hasInput(3) ? constantIntegers(node, 3, 'axes') : starts.map((_, axis) => axis)
  const steps = node.hasInput(4) ? constantIntegers(node, 4, 'steps') : starts.map(() => 1)
  return given.flatMap((signed, index) => {
    const axis = signed < 0 ? signed + rank : signed
    const [size, step] = [node.inputDims(0)[axis], steps[index] ?? 1]
    if (step === 1 && size === node.outputDims(0)[axis]) return []
    const range = slicedRange(size, starts[index], ends[index], step)
    if (typeof size !== 'number' || range === undefined) {
      throw new NodeRefusal(`slices axis ${axis}, whose size is unknown; give the graph's inputs concrete sizes.`)
    }
    requireAffordable(size)
    return [{ axis, size, positions: positionsOf(range), step }]
  })
}
