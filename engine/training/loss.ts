import { int64Tensor } from '../onnx/graph.ts'
import type { GraphBuilder } from '../onnx/graph-builder.ts'

export type LossKind = 'crossEntropy' | 'meanSquaredError'

export interface LossNodes {
  /** float32 []: mean over the batch. */
  readonly loss: string
  /** float32 []: how many of the batch have their largest logit at the label. */
  readonly correct: string
}

/**
 * Appends the loss of `logits` [N, classes] against `labels` int64 [N], N known or not.
 * crossEntropy: −mean(log softmax(logits)[label]); meanSquaredError: mean over N and classes of (logits − one-hot)².
 */
export function emitLoss(
  builder: GraphBuilder,
  kind: LossKind,
  logits: string,
  labels: string,
  classes: number,
): LossNodes {
  const range = int64Tensor(
    [1, classes],
    Array.from({ length: classes }, (_, index) => index),
  )
  const column = builder.op('Unsqueeze', [labels, builder.ints([1])], {}, { name: 'labels/column' })
  const isLabel = builder.op('Equal', [column, builder.constant('classes', range)], {}, { name: 'labels/is' })
  const oneHot = builder.op('Cast', [isLabel], { to: 1 }, { name: 'labels/one-hot' })
  return {
    loss: kind === 'crossEntropy' ? crossEntropy(builder, logits, oneHot) : meanSquaredError(builder, logits, oneHot),
    correct: countCorrect(builder, logits, labels),
  }
}

function crossEntropy(builder: GraphBuilder, logits: string, oneHot: string): string {
  const logProbabilities = builder.op('LogSoftmax', [logits], { axis: 1 }, { name: 'loss/log-softmax' })
  const picked = builder.op('Mul', [logProbabilities, oneHot], {}, { name: 'loss/picked' })
  const perSample = builder.op('ReduceSum', [picked, builder.ints([1])], { keepdims: 0 }, { name: 'loss/per-sample' })
  const mean = builder.op('ReduceMean', [perSample, builder.ints([0])], { keepdims: 0 }, { name: 'loss/mean' })
  return builder.op('Neg', [mean], {}, { name: 'loss' })
}

function meanSquaredError(builder: GraphBuilder, logits: string, oneHot: string): string {
  const difference = builder.op('Sub', [logits, oneHot], {}, { name: 'loss/difference' })
  const square = builder.op('Mul', [difference, difference], {}, { name: 'loss/square' })
  return builder.op('ReduceMean', [square, builder.ints([0, 1])], { keepdims: 0 }, { name: 'loss' })
}

function countCorrect(builder: GraphBuilder, logits: string, labels: string): string {
  const best = builder.op('ArgMax', [logits], { axis: 1, keepdims: 0 }, { name: 'correct/best' })
  const hit = builder.op('Equal', [best, labels], {}, { name: 'correct/hit' })
  const asNumber = builder.op('Cast', [hit], { to: 1 }, { name: 'correct/number' })
  return builder.op('ReduceSum', [asNumber, builder.ints([0])], { keepdims: 0 }, { name: 'correct' })
}
