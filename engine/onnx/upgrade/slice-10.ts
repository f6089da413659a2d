import { intsAttribute } from '../graph.ts'
import { type UpgradeStep, refuse, without } from './upgrade-step.ts'

/** Version 10 takes starts, ends and axes as inputs. */
export const slice10: UpgradeStep = {
  opTypes: ['Slice'],
  version: 10,
  rewrite(node, context) {
    const { builder } = context
    const starts = intsAttribute(node, 'starts')
    const ends = intsAttribute(node, 'ends')
    if (starts === undefined || ends === undefined) return refuse(node, 'it has no starts or no ends')
    const axes = intsAttribute(node, 'axes') ?? starts.map((_, axis) => axis)
    const inputs = [node.inputs[0] ?? '', builder.ints(starts), builder.ints(ends), builder.ints(axes)]
    return [{ ...node, inputs, attributes: without(node, 'starts', 'ends', 'axes') }]
  },
}
