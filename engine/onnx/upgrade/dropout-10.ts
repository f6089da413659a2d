import { type UpgradeStep, part } from './upgrade-step.ts'

/** Since version 10 the mask is of bool; before it was of the input's type. */
export const dropout10: UpgradeStep = {
  opTypes: ['Dropout'],
  version: 10,
  rewrite(node, context) {
    const [y = '', mask = ''] = node.outputs
    if (mask === '' || !context.isUsed(mask)) return [{ ...node, outputs: [y] }]
    const boolMask = context.builder.uniqueName(`${mask}/bool`)
    const cast = part(context, node, 'CastLike', [boolMask, node.inputs[0] ?? ''], {}, [mask])
    return [{ ...node, outputs: [y, boolMask] }, cast]
  },
}
