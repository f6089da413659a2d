import { floatAttribute } from '../../graph.ts'
import { type UpgradeStep, firstOutput, part, scalarLike } from '../upgrade-step.ts'

/** X · sigmoid(alpha X). */
export const swish24: UpgradeStep = {
  opTypes: ['Swish'],
  version: 24,
  rewrite(node, context) {
    const [x = ''] = node.inputs
    const alpha = scalarLike(context, node, floatAttribute(node, 'alpha', 1), x)
    const scaled = part(context, node, 'Mul', [x, alpha.name])
    const gate = part(context, node, 'Sigmoid', [firstOutput(scaled)])
    return [...alpha.nodes, scaled, gate, part(context, node, 'Mul', [x, firstOutput(gate)], {}, node.outputs)]
  },
}
