import type { UpgradeStep } from './upgrade-step.ts'

/** Version 18 wants the number of equal parts said, where no lengths are given. */
export const split18: UpgradeStep = {
  opTypes: ['Split'],
  version: 18,
  rewrite(node) {
    if ((node.inputs[1] ?? '') !== '') return [node]
    const attributes = { ...node.attributes, num_outputs: { kind: 'int' as const, value: node.outputs.length } }
    return [{ ...node, attributes }]
  },
}
