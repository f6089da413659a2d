import { type UpgradeStep, without } from './upgrade-step.ts'

/** Since version 7 the number of outputs tells training from inference; only the first one is given in inference. */
export const batchNormalization7: UpgradeStep = {
  opTypes: ['BatchNormalization'],
  version: 7,
  rewrite: (node) => {
    const isTest = node.attributes['is_test']?.kind === 'int' && node.attributes['is_test'].value === 1
    const attributes = without(node, 'is_test', 'consumed_inputs')
    return [{ ...node, attributes, outputs: isTest ? node.outputs.slice(0, 1) : node.outputs }]
  },
}
