import { intAttribute } from '../graph.ts'
import { type UpgradeStep, dimsOf, firstOutput, part, refuse, without } from './upgrade-step.ts'

/** Until version 7 the second operand was spread only where `broadcast` said so, its axes beginning at `axis`. */
export const broadcast7: UpgradeStep = {
  opTypes: ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less'],
  version: 7,
  rewrite(node, context) {
    const plain = { ...node, attributes: without(node, 'broadcast', 'axis', 'consumed_inputs') }
    if (intAttribute(node, 'broadcast', 0) === 0 || node.attributes['axis'] === undefined) return [plain]
    const [a = '', b = ''] = node.inputs
    const rank = dimsOf(context, a)?.length
    const otherRank = dimsOf(context, b)?.length
    if (rank === undefined || otherRank === undefined) {
      return refuse(
        node,
        `it spreads its second operand from an axis on, but the shapes of '${a}' and '${b}' are unknown`,
      )
    }
    const axis = intAttribute(node, 'axis', 0)
    const missing = rank - (axis < 0 ? axis + rank : axis) - otherRank
    if (missing <= 0) return [plain]
    const axes = context.builder.ints(Array.from({ length: missing }, (_, index) => otherRank + index))
    const aligned = part(context, node, 'Unsqueeze', [b, axes])
    return [aligned, { ...plain, inputs: [a, firstOutput(aligned)] }]
  },
}
