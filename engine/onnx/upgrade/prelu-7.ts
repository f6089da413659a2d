import { type UpgradeStep, dimsOf, firstOutput, part, refuse } from './upgrade-step.ts'

/** Until version 7 a slope [C] belonged to the channels (axis 1); since then it is spread as any operand is. */
export const prelu7: UpgradeStep = {
  opTypes: ['PRelu'],
  version: 7,
  rewrite(node, context) {
    const [x = '', slope = ''] = node.inputs
    const slopeDims = dimsOf(context, slope)
    const rank = dimsOf(context, x)?.length
    if (slopeDims === undefined || rank === undefined) {
      return refuse(node, `the shapes of its input '${x}' and its slope '${slope}' are unknown`)
    }
    if (slopeDims.length !== 1 || slopeDims[0] === 1 || rank <= 2) return [node]
    const axes = context.builder.ints(Array.from({ length: rank - 2 }, (_, index) => index + 1))
    const perChannel = part(context, node, 'Unsqueeze', [slope, axes])
    return [perChannel, { ...node, inputs: [x, firstOutput(perChannel)] }]
  },
}
