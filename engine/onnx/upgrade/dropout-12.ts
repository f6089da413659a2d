import { floatAttribute } from '../graph.ts'
import { type UpgradeStep, without } from './upgrade-step.ts'

/** Version 12 takes the ratio as an input, and stays in inference while no third input says otherwise. */
export const dropout12: UpgradeStep = {
  opTypes: ['Dropout'],
  version: 12,
  rewrite(node, context) {
    const ratio = context.builder.scalar(floatAttribute(node, 'ratio', 0.5))
    return [{ ...node, inputs: [node.inputs[0] ?? '', ratio], attributes: without(node, 'ratio') }]
  },
}
