import type { Emitter } from './rule.ts'

/** What the gradient of a normalisation reads: n = (X - mean) r and r = 1 / sqrt(variance + epsilon). */
export interface Normalized {
  readonly n: string
  readonly r: string
  /** The axes that mean and variance are over, as an int64 vector. */
  readonly axes: string
}

/** `X` normalised over `axes`, computed again from X so that no provider need have kept its statistics. */
export function normalize(emit: Emitter, X: string, axes: readonly number[], epsilon: number): Normalized {
  const over = emit.ints(axes)
  const centred = emit.op('Sub', [X, meanOver(emit, X, over, 'mean')], {}, 'centred')
  const variance = meanOver(emit, emit.op('Mul', [centred, centred], {}, 'squares'), over, 'variance')
  const deviation = emit.op(
    'Sqrt',
    [emit.op('Add', [variance, emit.scalar(epsilon)], {}, 'stabilised')],
    {},
    'deviation',
  )
  const r = emit.op('Reciprocal', [deviation], {}, 'r')
  return { n: emit.op('Mul', [centred, r], {}, 'n'), r, axes: over }
}

/**
 * The gradient by X, G being the gradient of n: r (G - mean(G) - n mean(G n)), the means over the normalised axes
 * (Ba, Kiros and Hinton 2016, equation 3 differentiated).
 */
export function throughNormalization(emit: Emitter, { n, r, axes }: Normalized, G: string, label: string): string {
  const centred = emit.op('Sub', [G, meanOver(emit, G, axes, 'mean-G')], {}, 'centred-G')
  const along = meanOver(emit, emit.op('Mul', [G, n], {}, 'G-n'), axes, 'mean-G-n')
  const straight = emit.op('Sub', [centred, emit.op('Mul', [n, along], {}, 'drift')], {}, 'straight')
  return emit.op('Mul', [straight, r], {}, label)
}

function meanOver(emit: Emitter, value: string, axes: string, label: string): string {
  return emit.op('ReduceMean', [value, axes], { keepdims: 1 }, label)
}
