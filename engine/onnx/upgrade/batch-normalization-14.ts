import { type UpgradeStep, refuse } from './upgrade-step.ts'

/** Version 14 states training by `training_mode`, and drops the two saved statistics (outputs 4 and 5). */
export const batchNormalization14: UpgradeStep = {
  opTypes: ['BatchNormalization'],
  version: 14,
  rewrite(node, context) {
    const used = node.outputs.map((name) => name !== '' && context.isUsed(name))
    if (used[3] === true || used[4] === true) {
      refuse(node, 'its saved mean and variance are used, which later versions of ONNX do not give')
    }
    if (used[1] !== true && used[2] !== true) return [{ ...node, outputs: node.outputs.slice(0, 1) }]
    const attributes = { ...node.attributes, training_mode: { kind: 'int' as const, value: 1 } }
    return [{ ...node, outputs: node.outputs.slice(0, 3), attributes }]
  },
}
