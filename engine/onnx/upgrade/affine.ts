import { floatAttribute } from '../graph.ts'
import { type UpgradeStep, firstOutput, part } from './upgrade-step.ts'

/** The experimental Affine of early exporters: alpha · X + beta. */
export const affine: UpgradeStep = {
  opTypes: ['Affine'],
  version: 10,
  rewrite(node, context) {
    const { builder } = context
    const scaled = part(context, node, 'Mul', [node.inputs[0] ?? '', builder.scalar(floatAttribute(node, 'alpha', 1))])
    const beta = builder.scalar(floatAttribute(node, 'beta', 0))
    return [scaled, part(context, node, 'Add', [firstOutput(scaled), beta], {}, node.outputs)]
  },
}
