import { type Node, floatAttribute, intAttribute } from '../../onnx/graph.ts'
import type { Site } from './site.ts'

/** A batch normalisation in training form: outputs y and, optionally, the running mean and variance after this batch. */
export function isTrainingNormalization(node: Node): boolean {
  return node.opType === 'BatchNormalization' && node.domain === '' && intAttribute(node, 'training_mode', 0) === 1
}

/**
 * Appends the running mean (1) or variance (2) after this batch, where the node has that output:
 * momentum · running + (1 − momentum) · current, both [C].
 */
export function emitRunning(node: Node, index: 1 | 2, current: string, site: Site): void {
  const output = node.outputs[index] ?? ''
  if (output === '') return
  const momentum = floatAttribute(node, 'momentum', 0.9)
  const named = { domain: '', name: output, outputs: [output], attributes: {} }
  if (momentum === 0) {
    site.add({ ...named, opType: 'Identity', inputs: [current] })
    return
  }
  const kept = site.op('Mul', [node.inputs[index + 2] as string, site.scalar(momentum)])
  const fresh = site.op('Mul', [current, site.scalar(1 - momentum)])
  site.add({ ...named, opType: 'Add', inputs: [kept, fresh] })
}
