import { float32Tensor, floatAttribute } from '../graph.ts'
import { type UpgradeStep, firstOutput, part } from './upgrade-step.ts'

/** The experimental ImageScaler of early exporters: X · scale + bias[C]. */
export const imageScaler: UpgradeStep = {
  opTypes: ['ImageScaler'],
  version: 10,
  rewrite(node, context) {
    const [x = ''] = node.inputs
    const { builder } = context
    const bias = node.attributes['bias']?.kind === 'floats' ? node.attributes['bias'].value : [0]
    const perChannel = builder.constant(
      `${firstOutput(node)}/bias`,
      float32Tensor([bias.length, 1, 1], Float32Array.from(bias)),
    )
    const scaled = part(context, node, 'Mul', [x, builder.scalar(floatAttribute(node, 'scale', 1))])
    return [scaled, part(context, node, 'Add', [firstOutput(scaled), perChannel], {}, node.outputs)]
  },
}
