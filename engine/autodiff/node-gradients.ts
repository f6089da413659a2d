import type { Node } from '../onnx/graph.ts'
import { NodeRefusal } from './node-refusal.ts'
import type { NodeView } from './node-view.ts'
import type { RuleEmitter } from './rule-emitter.ts'
import type { GradientRule } from './rule.ts'

/** The gradient by one input of a node. */
export interface InputGradient {
  readonly input: number
  readonly tensor: string
  readonly gradient: string
}

/** Emits the gradient by every wanted input, summed back over what was broadcast; throws NodeRefusal where one is missing. */
export function emitNodeGradients(
  node: Node,
  rule: GradientRule,
  view: NodeView,
  emit: RuleEmitter,
): readonly InputGradient[] {
  const gradients = rule.gradient(view, emit)
  return node.inputs.flatMap((tensor, input) => {
    if (!view.wants(input)) return []
    const gradient = gradients[input]
    if (gradient === undefined) throw new NodeRefusal(`has no gradient for its input ${input} «${tensor}».`)
    const summed = rule.broadcasts ? emit.sumToShape(gradient, view.outputDims(0), view.inputDims(input)) : gradient
    return [{ input, tensor, gradient: summed }]
  })
}
