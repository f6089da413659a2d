import type { Graph, Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import { createSession } from '../runtime/session.ts'
import { buildEvaluation } from '../training/evaluation.ts'
import type { LossKind } from '../training/loss.ts'
import type { ImageDims, PreparedRun } from './prepare-run.ts'
import type { StepBatch, StepRunner } from './step-runner.ts'

/**
 * Takes back a run whose step `bad` (counted from 0 within the run) left the finite numbers, and repeats the steps
 * before it: `runner` then holds the last good weights. Returns the name of the layer that was the first to leave
 * them; undefined where that was the loss itself.
 */
export async function returnToLastGood(
  runner: StepRunner,
  batch: StepBatch,
  bad: number,
  learningRate: number,
  prepared: PreparedRun,
  loss: LossKind,
): Promise<string | undefined> {
  runner.undo()
  if (bad > 0) await runner.run(slice(batch, 0, bad, prepared.batchSize), learningRate)
  const before = copyOf(await runner.state())
  const one = slice(batch, bad, bad + 1, prepared.batchSize)
  await runner.run(one, learningRate)
  const layer = await findBlownUpLayer({
    network: prepared.network,
    trainable: prepared.trainable,
    layers: prepared.description.activationLayers.map(({ name }) => name),
    imageDims: prepared.imageDims,
    classes: prepared.classes,
    loss,
    before,
    after: await runner.state(),
    pixels: one.pixels,
    labels: one.labels,
  })
  runner.undo()
  return layer
}

interface BlowUpQuestion {
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
async function findBlownUpLayer(question: BlowUpQuestion): Promise<string | undefined> {
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

function slice(batch: StepBatch, from: number, to: number, batchSize: number): StepBatch {
  const bytes = batch.pixels.length / batch.count
  return {
    pixels: batch.pixels.slice(from * bytes, to * bytes),
    labels: batch.labels.slice(from * batchSize, to * batchSize),
    count: to - from,
  }
}

function copyOf(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...state].map(([name, { data, ...rest }]) => [
      name,
      { ...rest, data: ArrayBuffer.isView(data) ? data.slice() : data },
    ]),
  )
}
