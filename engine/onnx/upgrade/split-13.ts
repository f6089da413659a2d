import { intsAttribute } from '../graph.ts'
import { type UpgradeStep, without } from './upgrade-step.ts'

/** Version 13 takes the lengths of the parts as an input. */
export const split13: UpgradeStep = {
  opTypes: ['Split'],
  version: 13,
  rewrite(node, context) {
    const lengths = intsAttribute(node, 'split')
    if (lengths === undefined) return [node]
    return [
      { ...node, inputs: [node.inputs[0] ?? '', context.builder.ints(lengths)], attributes: without(node, 'split') },
    ]
  },
}
