import type { Graph, Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import { createSession } from '../runtime/session.ts'
import { buildEvaluation } from '../training/evaluation.ts'
import type { LossKind } from '../training/loss.ts'
import type { ImageDims } from './prepare-run.ts'

export interface BlowUpQuestion {
  readonly network: Graph
  readonly trainable: readonly string[]
  /** In the order of computation. */
  readonly layers: readonly string[]
  readonly imageDims: ImageDims
  readonly classes: number
  readonly loss: LossKind
  /** Weights the bad step started from, and those it ended with. */
  readonly before: ReadonlyMap<string, Tensor>
  readonly after: ReadonlyMap<string, Tensor>
  /** One batch: uint8 [N,H,W,C] and its labels. */
  readonly pixels: Uint8Array
  readonly labels: BigInt64Array
}

/**
 * Which layer first left the finite numbers: the first whose output is not finite with the weights before the bad
 * step, else the first whose own weights the step made so. undefined where only the loss itself is not finite.
 */
export async function findBlownUpLayer(question: BlowUpQuestion): Promise<string | undefined> {
  const { network, trainable, layers, imageDims, classes } = question
  const graph = buildEvaluation(network, trainable, imageDims, classes, question.loss, layers)
  const session = await createSession(writeModel({ graph }), { provider: 'cpu' })
  try {
    const count = question.labels.length
    const outputs = await session.run({
      ...Object.fromEntries(trainable.map((name) => [name, question.before.get(name) as Tensor])),
      pixels: { dataType: 'uint8', dims: [count, ...imageDims], data: question.pixels },
      labels: { dataType: 'int64', dims: [count], data: question.labels },
    })
    const bad = layers.find((layer) => !isFinite(outputs[layer] as Tensor | undefined))
    if (bad !== undefined) return bad
    const weight = trainable.find((name) => !isFinite(question.after.get(name)))
    return weight?.replace(/\.(weight|bias)$/, '')
  } finally {
    await session.release()
  }
}

function isFinite(tensor: Tensor | undefined): boolean {
  return !(tensor?.data instanceof Float32Array) || tensor.data.every(Number.isFinite)
}
