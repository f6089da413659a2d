import { intAttribute } from '../graph.ts'
import { type UpgradeStep, without } from './upgrade-step.ts'

/** Version 10 takes the number of elements as an input. */
export const topK10: UpgradeStep = {
  opTypes: ['TopK'],
  version: 10,
  rewrite(node, context) {
    const count = context.builder.ints([intAttribute(node, 'k', 1)])
    return [{ ...node, inputs: [node.inputs[0] ?? '', count], attributes: without(node, 'k') }]
  },
}
