import { intAttribute } from '../graph.ts'
import { type UpgradeStep, dimsOf, firstOutput, part } from './upgrade-step.ts'

/**
 * Until version 13 these took all axes from `axis` (1 unless said) to the end together, as one; since then one axis
 * (the last unless said). Where the axes behind it are of size 1 both mean the same.
 */
export const softmax13: UpgradeStep = {
  opTypes: ['Softmax', 'LogSoftmax', 'Hardmax'],
  version: 13,
  rewrite(node, context) {
    const [x = ''] = node.inputs
    const dims = dimsOf(context, x)
    const stated = intAttribute(node, 'axis', 1)
    const axis = stated < 0 && dims !== undefined ? stated + dims.length : stated
    const alone = stated === -1 || (dims?.slice(axis + 1).every((size) => size === 1) ?? false)
    if (alone) return [{ ...node, attributes: { axis: { kind: 'int', value: axis } } }]
    const shape = part(context, node, 'Shape', [x])
    const rows = part(context, node, 'Flatten', [x], { axis: { kind: 'int', value: stated } })
    const result = part(context, node, node.opType, [firstOutput(rows)], { axis: { kind: 'int', value: 1 } })
    const back = part(context, node, 'Reshape', [firstOutput(result), firstOutput(shape)], {}, node.outputs)
    return [shape, rows, result, back]
  },
}
