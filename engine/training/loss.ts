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
  /** Further scores, [N, classes], whose losses count as much as their weights. */
  readonly heads?: readonly { readonly logits: string; readonly weight: number }[] | undefined
}

export interface LossNodes {
  /** float32 []: mean over the batch, weighted where classes are. */
  readonly loss: string
  /** float32 []: what training makes small, loss + Σ weight · loss of a head; `loss` itself where there are no heads. */
  readonly total: string
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
  { classWeights, mixed, heads = [] }: LossOptions = {},
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
  const loss = emit(builder, 'loss', logits, target, weighted)
  const added = heads.map((head, index) => {
    const own = emit(builder, `loss/head${index + 1}`, head.logits, target, weighted)
    return builder.op('Mul', [own, builder.scalar(head.weight)], {}, { name: `${own}/counted` })
  })
  return {
    loss,
    total: added.length === 0 ? loss : builder.op('Sum', [loss, ...added], {}, { name: 'loss/total' }),
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

function crossEntropy(
  builder: GraphBuilder,
  name: string,
  logits: string,
  target: string,
  weighted: string | undefined,
): string {
  const logProbabilities = builder.op('LogSoftmax', [logits], { axis: 1 }, { name: `${name}/log-softmax` })
  const picked = builder.op('Mul', [logProbabilities, weighted ?? target], {}, { name: `${name}/picked` })
  const perSample = builder.op(
    'ReduceSum',
    [picked, builder.ints([1])],
    { keepdims: 0 },
    { name: `${name}/per-sample` },
  )
  const mean =
    weighted === undefined
      ? builder.op('ReduceMean', [perSample, builder.ints([0])], { keepdims: 0 }, { name: `${name}/mean` })
      : weightedMean(builder, name, perSample, sampleWeights(builder, name, weighted))
  return builder.op('Neg', [mean], {}, { name })
}

function meanSquaredError(
  builder: GraphBuilder,
  name: string,
  logits: string,
  target: string,
  weighted: string | undefined,
): string {
  const difference = builder.op('Sub', [logits, target], {}, { name: `${name}/difference` })
  const square = builder.op('Mul', [difference, difference], {}, { name: `${name}/square` })
  if (weighted === undefined) {
    return builder.op('ReduceMean', [square, builder.ints([0, 1])], { keepdims: 0 }, { name })
  }
  const perSample = builder.op(
    'ReduceMean',
    [square, builder.ints([1])],
    { keepdims: 0 },
    { name: `${name}/per-sample` },
  )
  const weights = sampleWeights(builder, name, weighted)
  const counted = builder.op('Mul', [perSample, weights], {}, { name: `${name}/counted` })
  const mean = weightedMean(builder, name, counted, weights)
  return builder.op('Identity', [mean], {}, { name })
}

function sampleWeights(builder: GraphBuilder, name: string, weighted: string): string {
  return builder.op('ReduceSum', [weighted, builder.ints([1])], { keepdims: 0 }, { name: `${name}/weights` })
}

/** Σ counted / Σ weights, where `counted` [N] are already multiplied by their weights. */
function weightedMean(builder: GraphBuilder, name: string, counted: string, weights: string): string {
  const total = builder.op('ReduceSum', [counted, builder.ints([0])], { keepdims: 0 }, { name: `${name}/total` })
  const count = builder.op('ReduceSum', [weights, builder.ints([0])], { keepdims: 0 }, { name: `${name}/weight` })
  return builder.op('Div', [total, count], {}, { name: `${name}/mean` })
}

function countCorrect(builder: GraphBuilder, logits: string, labels: string): string {
  const best = builder.op('ArgMax', [logits], { axis: 1, keepdims: 0 }, { name: 'correct/best' })
  const hit = builder.op('Equal', [best, labels], {}, { name: 'correct/hit' })
  const asNumber = builder.op('Cast', [hit], { to: 1 }, { name: 'correct/number' })
  return builder.op('ReduceSum', [asNumber, builder.ints([0])], { keepdims: 0 }, { name: 'correct' })
}
