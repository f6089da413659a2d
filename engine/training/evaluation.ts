import type { Graph } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type LossKind, emitLoss } from './loss.ts'
import { emitImage } from './training-step.ts'

/**
 * The network in inference form with its loss. Inputs: `pixels` uint8 [batch,H,W,C], `labels` int64 [batch] and every
 * name in `weights`; outputs: `loss` (mean, weighted by `classWeights`) and `correct` (count), float32 [], and what `alsoShow` names.
 */
export function buildEvaluation(
  network: Graph,
  weights: readonly string[],
  imageDims: readonly [number, number, number],
  classes: number,
  loss: LossKind,
  alsoShow: readonly string[] = [],
  classWeights?: readonly number[],
): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'pixels', type: { dataType: 'uint8', dims: ['batch', ...imageDims] } })
  builder.input({ name: 'labels', type: { dataType: 'int64', dims: ['batch'] } })
  const fed = new Set(weights)
  for (const [name, tensor] of network.initializers) {
    if (fed.has(name)) builder.input({ name, type: { dataType: tensor.dataType, dims: tensor.dims } })
    else builder.initializer(name, tensor)
  }
  emitImage(builder)
  for (const node of network.nodes) builder.add(node)
  emitLoss(builder, loss, 'logits', 'labels', classes, { classWeights })
  for (const name of ['loss', 'correct']) builder.output({ name, type: { dataType: 'float32', dims: [] } })
  for (const name of alsoShow) builder.output({ name, type: undefined })
  return builder.build(`${network.name}-evaluation`)
}
