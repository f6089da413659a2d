import { type Node, intsAttribute } from '../graph.ts'
import { type UpgradeContext, without } from './upgrade-step.ts'

/** The node with its `axes` attribute as its second input, the change that came to many operators at versions 13 and 18. */
export function axesAsInput(node: Node, context: UpgradeContext): readonly Node[] {
  const axes = intsAttribute(node, 'axes')
  if (axes === undefined) return [node]
  return [{ ...node, inputs: [node.inputs[0] ?? '', context.builder.ints(axes)], attributes: without(node, 'axes') }]
}
