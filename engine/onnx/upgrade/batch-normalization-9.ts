import { intAttribute } from '../graph.ts'
import { type UpgradeStep, dimsOf, refuse, without } from './upgrade-step.ts'

/** Version 9 has statistics per channel only; `spatial = 0` had them per element. */
export const batchNormalization9: UpgradeStep = {
  opTypes: ['BatchNormalization'],
  version: 9,
  rewrite(node, context) {
    const rank = dimsOf(context, node.inputs[0] ?? '')?.length
    // A tensor [N,C] has one element per channel: both forms say the same.
    if (intAttribute(node, 'spatial', 1) === 0 && rank !== 2) {
      refuse(node, "it has statistics for every element (spatial = 0), which later versions of ONNX don't know")
    }
    return [{ ...node, attributes: without(node, 'spatial') }]
  },
}
