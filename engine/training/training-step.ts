import { differentiate } from '../autodiff/differentiate.ts'
import { rules } from '../autodiff/registry.ts'
import { type Graph, type Tensor, type TensorType, int64Tensor } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { emitClippedGradients } from './clip-gradients.ts'
import { type LossKind, emitLoss } from './loss.ts'
import { type Optimizer, type StateTensor, emitUpdates } from './optimizer.ts'
import { type BatchStatistic, emitRunningStatistics, normalizeByBatch } from './running-statistics.ts'
import { type Schedule, emitLearningRate } from './schedule.ts'
import { seedDropout } from './seeded-dropout.ts'

export interface TrainingStepOptions {
  readonly batchSize: number
  /** Of the pictures: [H, W, C]. */
  readonly imageDims: readonly [number, number, number]
  readonly classes: number
  readonly loss: LossKind
  /** How much the pictures of each class count in the loss; left out: all the same. */
  readonly classWeights?: readonly number[] | undefined
  /** Whether each picture may be one of two classes, which adds the inputs of `mixedLabelInputs`. */
  readonly mixesLabels?: boolean
  /** Outputs of the network beside its logits, float32 [N, classes], whose losses are made small too, times their weights. */
  readonly heads?: readonly { readonly logits: string; readonly weight: number }[]
  readonly optimizer: Optimizer
  readonly schedule: Schedule
  readonly clipNorm?: number
  readonly seed: number
  /** Weights that learn; the other initializers stay as they are. */
  readonly trainable: readonly string[]
  /** Of the learning rate, for weights that do not learn at all of it. */
  readonly learningRateFactors?: ReadonlyMap<string, number>
  /** First outputs of the BatchNormalizations that normalise by each batch and keep running statistics. */
  readonly trainedNormalizations?: ReadonlySet<string>
}

/**
 * One step of training as a graph. Inputs: `pixels` uint8 [N,H,W,C], `labels` int64 [N], `learningRate` float32 [],
 * and every tensor of `state`; outputs: `state[i].next`, and those of `stepOutputs` (float32 [] each).
 */
export interface TrainingStep {
  readonly graph: Graph
  readonly state: readonly StateTensor[]
}

/** Inputs of a step that mixes labels: the other class of each picture, int64 [N], and the share of its own, float32 [N]. */
export const mixedLabelInputs = { labels: 'otherLabels', shares: 'labelShares' } as const

export const stepCounterName = 'step'

/**
 * loss: mean over the batch; correct: how many of it were right; effectiveLearningRate: after the schedule;
 * weightSum: over all updated weights, finite only where every one of them is (or their sum overflows).
 */
export const stepOutputs = ['loss', 'correct', 'effectiveLearningRate', 'weightSum'] as const

/** Forward, loss, backward and update of `network` (input `image`, output `logits`) as one graph of standard operators. */
export function buildTrainingStep(network: Graph, options: TrainingStepOptions): TrainingStep {
  const { forward, total, statistics } = buildForward(network, options)
  const { graph, gradients } = differentiate(forward, total, options.trainable, rules)
  const builder = new GraphBuilder({ ...graph, outputs: [] })
  const step = builder.op('Cast', [stepCounterName], { to: 1 }, { name: 'step/number' })
  const learningRate = emitLearningRate(builder, 'learningRate', step, options.schedule)
  builder.op('Identity', [learningRate], {}, { name: 'effectiveLearningRate' })
  const clipped =
    options.clipNorm === undefined ? gradients : emitClippedGradients(builder, gradients, options.clipNorm)
  const parameters = options.trainable.map((name) => ({
    name,
    initial: network.initializers.get(name) as Tensor,
    gradient: clipped.get(name) as string,
    learningRateFactor: options.learningRateFactors?.get(name) ?? 1,
  }))
  const updated = emitUpdates(builder, options.optimizer, parameters, learningRate, step)
  emitWeightSum(builder, updated.slice(0, parameters.length))
  const nextStep = builder.op('Add', [stepCounterName, builder.int(1)], {}, { name: 'step/next' })
  const running = emitRunningStatistics(builder, statistics, network)
  const state = [...updated, ...running, { name: stepCounterName, next: nextStep, initial: int64Tensor([], [0]) }]
  for (const { next, initial } of state) builder.output({ name: next, type: typeOf(initial) })
  for (const name of stepOutputs) builder.output({ name, type: { dataType: 'float32', dims: [] } })
  return { graph: builder.build(`${network.name}-training-step`), state }
}

function emitWeightSum(builder: GraphBuilder, weights: readonly StateTensor[]): void {
  const sums = weights.map(({ name, next }) =>
    builder.op('ReduceSum', [next], { keepdims: 0 }, { name: `${name}/next/sum` }),
  )
  builder.op('Sum', sums, {}, { name: 'weightSum' })
}

/** Pixels to loss, with all that changes an input, dropout seeded and normalisations in training form where asked for. */
function buildForward(
  network: Graph,
  options: TrainingStepOptions,
): { readonly forward: Graph; readonly total: string; readonly statistics: readonly BatchStatistic[] } {
  const [height, width, channels] = options.imageDims
  const builder = new GraphBuilder()
  const input = (name: string, type: TensorType) => builder.input({ name, type })
  input('pixels', { dataType: 'uint8', dims: [options.batchSize, height, width, channels] })
  input('labels', { dataType: 'int64', dims: [options.batchSize] })
  input('learningRate', { dataType: 'float32', dims: [] })
  input(stepCounterName, { dataType: 'int64', dims: [] })
  const { nodes, statistics } = normalizeByBatch(network.nodes, options.trainedNormalizations ?? new Set())
  const changing = new Set([...options.trainable, ...statistics.map(({ running }) => running)])
  for (const [name, tensor] of network.initializers) {
    if (changing.has(name)) input(name, typeOf(tensor))
    else builder.initializer(name, tensor)
  }
  emitImage(builder)
  for (const node of nodes) builder.add(node)
  const { classWeights, mixesLabels = false, heads } = options
  if (mixesLabels) {
    input(mixedLabelInputs.labels, { dataType: 'int64', dims: [options.batchSize] })
    input(mixedLabelInputs.shares, { dataType: 'float32', dims: [options.batchSize] })
  }
  const mixed = mixesLabels ? mixedLabelInputs : undefined
  const lossOptions = { classWeights, mixed, heads }
  const { total } = emitLoss(builder, options.loss, 'logits', 'labels', options.classes, lossOptions)
  builder.output({ name: 'loss', type: { dataType: 'float32', dims: [] } })
  builder.output({ name: 'correct', type: { dataType: 'float32', dims: [] } })
  const graph = builder.build(network.name)
  const types = inferShapes(graph)
  const dimsOf = (tensor: string) => knownDims(tensor, types.get(tensor))
  return { forward: seedDropout(graph, stepCounterName, options.seed, dimsOf), total, statistics }
}

/** `pixels` uint8 [N,H,W,C] → `image` float32 [N,C,H,W]. */
export function emitImage(builder: GraphBuilder): void {
  const planes = builder.op('Transpose', ['pixels'], { perm: [0, 3, 1, 2] }, { name: 'pixels/planes' })
  builder.op('Cast', [planes], { to: 1 }, { name: 'image' })
}

function typeOf(tensor: Tensor): TensorType {
  return { dataType: tensor.dataType, dims: tensor.dims }
}

function knownDims(tensor: string, type: TensorType | undefined): number[] {
  const dims = type?.dims.filter((size) => typeof size === 'number') ?? []
  if (type === undefined || dims.length < type.dims.length) {
    throw new Error(`The shape of "${tensor}" must be known to train, but it is [${type?.dims.join(', ') ?? '?'}].`)
  }
  return dims
}
