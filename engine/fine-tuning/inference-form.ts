import type { Node } from '../onnx/graph.ts'

/** Dropout and batch normalisation that were exported in training form compute what they do after training. */
export function inInferenceForm(node: Node): Node {
  if (node.opType === 'Dropout') return { ...node, inputs: node.inputs.slice(0, 2), outputs: node.outputs.slice(0, 1) }
  if (node.opType !== 'BatchNormalization') return node
  const { training_mode: _, ...attributes } = node.attributes
  return { ...node, outputs: node.outputs.slice(0, 1), attributes }
}
