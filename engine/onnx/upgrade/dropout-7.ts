import { type UpgradeStep, without } from './upgrade-step.ts'

/** Since version 7 a Dropout without further word is that of inference. */
export const dropout7: UpgradeStep = {
  opTypes: ['Dropout'],
  version: 7,
  rewrite: (node) => [{ ...node, attributes: without(node, 'is_test', 'consumed_inputs') }],
}
