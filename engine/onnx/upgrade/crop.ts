import { intsAttribute } from '../graph.ts'
import { type UpgradeStep, dimsOf, part, refuse } from './upgrade-step.ts'

const toTheEnd = Number.MAX_SAFE_INTEGER

/** The experimental Crop of early exporters: border [left, top, right, bottom] off [N,C,H,W], or a size from its corner on. */
export const crop: UpgradeStep = {
  opTypes: ['Crop'],
  version: 10,
  rewrite(node, context) {
    const { builder } = context
    const [x = ''] = node.inputs
    const [left, top, right, bottom] = intsAttribute(node, 'border') ?? []
    const [height, width] = intsAttribute(node, 'scale') ?? []
    const rank = dimsOf(context, x)?.length
    if (left === undefined || top === undefined || right === undefined || bottom === undefined) {
      return refuse(node, 'it has no border of four numbers')
    }
    if (rank !== undefined && rank !== 4)
      return refuse(node, `it cuts images [N, C, H, W], not tensors of ${rank} axes`)
    const ends = [
      height === undefined ? endBefore(bottom) : top + height,
      width === undefined ? endBefore(right) : left + width,
    ]
    return [
      part(
        context,
        node,
        'Slice',
        [x, builder.ints([top, left]), builder.ints(ends), builder.ints([2, 3])],
        {},
        node.outputs,
      ),
    ]
  },
}

function endBefore(margin: number): number {
  return margin === 0 ? toTheEnd : -margin
}
