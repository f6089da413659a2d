import { float32Tensor, floatAttribute, intAttribute } from '../../graph.ts'
import { type UpgradeStep, firstOutput, part, refuse } from '../upgrade-step.ts'

/** More than any layer has channels. */
const mostGroups = 2 ** 16

/**
 * X [N,C,…] normalised over each of G groups of channels, then scale[C] and bias[C]: from version 21 on these are per
 * channel, where version 18 had them per group. As an instance normalisation of [N, G, rest].
 */
export const groupNormalization21: UpgradeStep = {
  opTypes: ['GroupNormalization'],
  version: 21,
  rewrite(node, context) {
    const { builder } = context
    const [x = '', scale = '', bias = ''] = node.inputs
    const groups = intAttribute(node, 'num_groups', 1)
    if (!(groups >= 1 && groups <= mostGroups)) refuse(node, `it has ${groups} groups of channels`)
    const vector = (name: string, value: number) =>
      builder.constant(`${firstOutput(node)}/${name}`, float32Tensor([groups], new Float32Array(groups).fill(value)))
    const like = (name: string) => part(context, node, 'CastLike', [name, x])
    const [ones, zeros] = [like(vector('ones', 1)), like(vector('zeros', 0))]
    const grouped = part(context, node, 'Reshape', [x, builder.ints([0, groups, -1])])
    const epsilon = { kind: 'float' as const, value: floatAttribute(node, 'epsilon', 1e-5) }
    const normalized = part(
      context,
      node,
      'InstanceNormalization',
      [firstOutput(grouped), firstOutput(ones), firstOutput(zeros)],
      { epsilon },
    )
    const shape = part(context, node, 'Shape', [x])
    const head = part(context, node, 'Slice', [firstOutput(shape), builder.ints([0]), builder.ints([2])])
    const flat = part(context, node, 'Concat', [firstOutput(head), builder.ints([-1])], {
      axis: { kind: 'int', value: 0 },
    })
    const channels = part(context, node, 'Reshape', [firstOutput(normalized), firstOutput(flat)])
    const perChannel = (name: string) => part(context, node, 'Unsqueeze', [name, builder.ints([1])])
    const [scales, biases] = [perChannel(scale), perChannel(bias)]
    const scaled = part(context, node, 'Mul', [firstOutput(channels), firstOutput(scales)])
    const shifted = part(context, node, 'Add', [firstOutput(scaled), firstOutput(biases)])
    const back = part(context, node, 'Reshape', [firstOutput(shifted), firstOutput(shape)], {}, node.outputs)
    return [ones, zeros, grouped, normalized, shape, head, flat, channels, scales, biases, scaled, shifted, back]
  },
}
