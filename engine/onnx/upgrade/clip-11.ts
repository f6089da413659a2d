import { type UpgradeStep, scalarLike, without } from './upgrade-step.ts'

const nothing = { name: '', nodes: [] }

/** Version 11 takes the bounds as inputs of the tensor's own type. */
export const clip11: UpgradeStep = {
  opTypes: ['Clip'],
  version: 11,
  rewrite(node, context) {
    const [x = ''] = node.inputs
    const { min, max } = node.attributes
    const lower = min?.kind === 'float' ? scalarLike(context, node, min.value, x) : nothing
    const upper = max?.kind === 'float' ? scalarLike(context, node, max.value, x) : nothing
    const attributes = without(node, 'min', 'max', 'consumed_inputs')
    return [...lower.nodes, ...upper.nodes, { ...node, inputs: [x, lower.name, upper.name], attributes }]
  },
}
