import { float32Tensor, int64Tensor } from '../onnx/graph.ts'
import type { GraphBuilder } from '../onnx/graph-builder.ts'

export type LossKind = 'crossEntropy' | 'meanSquaredError'

export interface LossOptions {
  /** How much a sample of each class counts; left out: all the same. */
  readonly classWeights?: readonly number[] | undefined
  /**
   * Tensors that make each sample one of two classes: the other one, int64 [N], and the share of its own label, float32
   * [N]. The one-hot target becomes share · one-hot(label) + (1 − share) · one-hot(other).
   */
  readonly mixed?: { readonly labels: string; readonly shares: string } | undefined
}

export interface LossNodes {
  /** float32 []: mean over the batch, weighted where classes are. */
  readonly loss: string
  /** float32 []: how many of the batch have their largest logit at the label. */
  readonly correct: string
}

/**
 * Appends the loss of `logits` [N, classes] against `labels` int64 [N], N known or not.
 * crossEntropy: −mean(log softmax(logits)[label]); meanSquaredError: mean over N and classes of (logits − one-hot)².
 * With weighted classes every sample counts as much as the class of its label (in its shares, where it has two), and the
 * mean is that of so many: Σ w·loss / Σ w, as PyTorch's CrossEntropyLoss(weight) has it.
 */
export function emitLoss(
  builder: GraphBuilder,
  kind: LossKind,
  logits: string,
  labels: string,
  classes: number,
  { classWeights, mixed }: LossOptions = {},
): LossNodes {
  const range = int64Tensor(
    [1, classes],
    Array.from({ length: classes }, (_, index) => index),
  )
  const allClasses = builder.constant('classes', range)
  const own = oneHot(builder, labels, allClasses)
  const target = mixed === undefined ? own : mix(builder, own, oneHot(builder, mixed.labels, allClasses), mixed.shares)
  const weighted = classWeights && weigh(builder, target, classWeights)
  const emit = kind === 'crossEntropy' ? crossEntropy : meanSquaredError
  return {
    loss: emit(builder, logits, target, weighted),
    correct: countCorrect(builder, logits, labels),
  }
}

function oneHot(builder: GraphBuilder, labels: string, allClasses: string): string {
  const column = builder.op('Unsqueeze', [labels, builder.ints([1])], {}, { name: `${labels}/column` })
  const isLabel = builder.op('Equal', [column, allClasses], {}, { name: `${labels}/is` })
  return builder.op('Cast', [isLabel], { to: 1 }, { name: `${labels}/one-hot` })
}

/** other + share · (own − other), [N, classes]. */
function mix(builder: GraphBuilder, own: string, other: string, shares: string): string {
  const column = builder.op('Unsqueeze', [shares, builder.ints([1])], {}, { name: `${shares}/column` })
  const difference = builder.op('Sub', [own, other], {}, { name: 'labels/difference' })
  const moved = builder.op('Mul', [column, difference], {}, { name: 'labels/moved' })
  return builder.op('Add', [other, moved], {}, { name: 'labels/mixed' })
}

/** What each sample has for each class, times the weight of the class: [N, classes]. */
function weigh(builder: GraphBuilder, target: string, classWeights: readonly number[]): string {
  const row = float32Tensor([1, classWeights.length], Float32Array.from(classWeights))
  return builder.op('Mul', [target, builder.constant('class-weights', row)], {}, { name: 'labels/weighted' })
}

function crossEntropy(builder: GraphBuilder, logits: string, target: string, weighted: string | undefined): string {
  const logProbabilities = builder.op('LogSoftmax', [logits], { axis: 1 }, { name: 'loss/log-softmax' })
  const picked = builder.op('Mul', [logProbabilities, weighted ?? target], {}, { name: 'loss/picked' })
  const perSample = builder.op('ReduceSum', [picked, builder.ints([1])], { keepdims: 0 }, { name: 'loss/per-sample' })
  const mean =
    weighted === undefined
      ? builder.op('ReduceMean', [perSample, builder.ints([0])], { keepdims: 0 }, { name: 'loss/mean' })
      : weightedMean(builder, perSample, sampleWeights(builder, weighted))
  return builder.op('Neg', [mean], {}, { name: 'loss' })
}

function meanSquaredError(builder: GraphBuilder, logits: string, target: string, weighted: string | undefined): string {
  const difference = builder.op('Sub', [logits, target], {}, { name: 'loss/difference' })
  const square = builder.op('Mul', [difference, difference], {}, { name: 'loss/square' })
  if (weighted === undefined) {
    return builder.op('ReduceMean', [square, builder.ints([0, 1])], { keepdims: 0 }, { name: 'loss' })
  }
  const perSample = builder.op('ReduceMean', [square, builder.ints([1])], { keepdims: 0 }, { name: 'loss/per-sample' })
  const weights = sampleWeights(builder, weighted)
  const counted = builder.op('Mul', [perSample, weights], {}, { name: 'loss/counted' })
  const mean = weightedMean(builder, counted, weights)
  return builder.op('Identity', [mean], {}, { name: 'loss' })
}

function sampleWeights(builder: GraphBuilder, weighted: string): string {
  return builder.op('ReduceSum', [weighted, builder.ints([1])], { keepdims: 0 }, { name: 'loss/weights' })
}

/** Σ counted / Σ weights, where `counted` [N] are already multiplied by their weights. */
function weightedMean(builder: GraphBuilder, counted: string, weights: string): string {
  const total = builder.op('ReduceSum', [counted, builder.ints([0])], { keepdims: 0 }, { name: 'loss/total' })
  const count = builder.op('ReduceSum', [weights, builder.ints([0])], { keepdims: 0 }, { name: 'loss/weight' })
  return builder.op('Div', [total, count], {}, { name: 'loss/mean' })
}

function countCorrect(builder: GraphBuilder, logits: string, labels: string): string {
  const best = builder.op('ArgMax', [logits], { axis: 1, keepdims: 0 }, { name: 'correct/best' })
  const hit = builder.op('Equal', [best, labels], {}, { name: 'correct/hit' })
  const asNumber = builder.op('Cast', [hit], { to: 1 }, { name: 'correct/number' })
  return builder.op('ReduceSum', [asNumber, builder.ints([0])], { keepdims: 0 }, { name: 'correct' })
}
