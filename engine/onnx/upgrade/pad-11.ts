import { floatAttribute, intsAttribute } from '../graph.ts'
import { type UpgradeStep, refuse, scalarLike, without } from './upgrade-step.ts'

/** Version 11 takes the pads and the value they are filled with as inputs. */
export const pad11: UpgradeStep = {
  opTypes: ['Pad'],
  version: 11,
  rewrite(node, context) {
    const [x = ''] = node.inputs
    const pads = intsAttribute(node, 'pads')
    if (pads === undefined) return refuse(node, 'it has no pads')
    const value = floatAttribute(node, 'value', 0)
    const fill = value === 0 ? { name: '', nodes: [] } : scalarLike(context, node, value, x)
    const inputs = [x, context.builder.ints(pads), ...(fill.name === '' ? [] : [fill.name])]
    return [...fill.nodes, { ...node, inputs, attributes: without(node, 'pads', 'value') }]
  },
}
