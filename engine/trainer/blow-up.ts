import type { Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import { createSession } from '../runtime/session.ts'
import { buildEvaluation } from '../training/evaluation.ts'
import type { LossKind } from '../training/loss.ts'
import type { PreparedRun } from './prepare-run.ts'
import { type StepBatch, type StepResults, type StepRunner, stepsOfBatch } from '../networks/step-runner.ts'

/** The first step whose loss or whose weights are not finite; -1 where all are. A loss may be when its weights are not. */
export function firstBlownUp({ losses, weightSums }: StepResults): number {
  return losses.findIndex((loss, index) => !Number.isFinite(loss) || !Number.isFinite(weightSums[index]))
}

/**
 * Takes back a run whose step `bad` (counted from 0 within the run) left the finite numbers, and repeats the steps
 * before it: `runner` then holds the last good weights. Returns what happened in that step, `step` counted from 1, as
 * the beginning of a sentence.
 */
export async function returnToLastGood(
  runner: StepRunner,
  batch: StepBatch,
  bad: number,
  learningRate: number,
  prepared: PreparedRun,
  loss: LossKind,
  step: number,
): Promise<string> {
  runner.undo()
  if (bad > 0) await runner.run(stepsOfBatch(batch, 0, bad, prepared.batchSize), learningRate)
  const before = copyOf(await runner.state(prepared.weights))
  const one = stepsOfBatch(batch, bad, bad + 1, prepared.batchSize)
  const { losses } = await runner.run(one, learningRate)
  const lost = losses[0] as number
  const question = { prepared, loss, before, after: await runner.state(), batch: one }
  const what = Number.isFinite(lost)
    ? `Step ${step} (loss ${lost.toPrecision(4)}) made the weights of "${largestWeights(question)}" too large to count with`
    : `The loss of step ${step} is ${lost}, and ${await firstToLeave(question)} was the first to leave the finite numbers`
  runner.undo()
  return what
}

interface BlowUp {
  readonly prepared: PreparedRun
  readonly loss: LossKind
  /** Weights the bad step started from, and the whole state it ended with. */
  readonly before: ReadonlyMap<string, Tensor>
  readonly after: ReadonlyMap<string, Tensor>
  readonly batch: StepBatch
}

/**
 * The first layer whose output is not finite with the weights before the bad step, else the first whose own weights the
 * step made so, else the loss.
 */
async function firstToLeave({ prepared, loss, before, after, batch }: BlowUp): Promise<string> {
  const { network, weights, imageDims, classes, classWeights } = prepared
  const layers = prepared.description.activationLayers.map(({ name }) => name)
  const graph = buildEvaluation(network.graph, weights, imageDims, classes, loss, layers, classWeights)
  const session = await createSession(writeModel({ graph }), { provider: 'cpu' })
  try {
    const count = batch.labels.length
    const outputs = await session.run({
      ...Object.fromEntries(before),
      pixels: { dataType: 'uint8', dims: [count, ...imageDims], data: batch.pixels },
      labels: { dataType: 'int64', dims: [count], data: batch.labels },
    })
    const layer = layers.find((name) => !isFinite(outputs[name] as Tensor | undefined))
    if (layer !== undefined) return `"${layer}"`
    const weight = weights.find((name) => !isFinite(after.get(name)))
    return weight === undefined ? 'the loss itself' : `"${layerOf(weight)}"`
  } finally {
    await session.release()
  }
}

/** The layer, also of an auxiliary head, with the largest weight after the step, where infinite and undefined are larger than all others. */
function largestWeights({ prepared, after }: BlowUp): string {
  let [largest, layer] = [-1, '']
  for (const name of prepared.network.learningRateFactors.keys()) {
    for (const value of numbersIn(after.get(name))) {
      const size = Number.isFinite(value) ? Math.abs(value) : Number.POSITIVE_INFINITY
      if (size > largest) [largest, layer] = [size, layerOf(name)]
    }
  }
  return layer
}

function layerOf(weight: string): string {
  return weight.replace(/\.(weight|bias)$/, '')
}

function isFinite(tensor: Tensor | undefined): boolean {
  return numbersIn(tensor).every(Number.isFinite)
}

function numbersIn(tensor: Tensor | undefined): Float32Array {
  return tensor?.data instanceof Float32Array ? tensor.data : new Float32Array(0)
}

function copyOf(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...state].map(([name, { data, ...rest }]) => [
      name,
      { ...rest, data: ArrayBuffer.isView(data) ? data.slice() : data },
    ]),
  )
}
