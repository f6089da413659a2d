import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y = scale (X - m) r + B per channel, r = 1 / sqrt(v + epsilon), over M = N H W elements a channel.
 *
 * Inference (m, v given):  S1 = sum dY, Q = sum dY X;  dscale = (Q - m S1) r, dB = S1, dX = dY scale r.
 * Training (m, v are the batch's mean and biased variance): the same dscale and dB, and with a = scale r,
 *   b = a r dscale / M, c = b m - a S1 / M:  dX = dY a + c - X b  (Ioffe and Szegedy 2015, regrouped as affine in X and dY).
 * With momentum 0 the operator's second and third outputs are m and v and are used; else both are computed again, as
 * the running statistics it then returns do not hold them exactly.
 * The operators are named after these letters.
 */
export const batchNormalizationRule: GradientRule = {
  opType: 'BatchNormalization',
  keeps: { inputs: [0, 1, 3, 4], outputs: [1, 2] },
  refuses: (node) =>
    node.wants(3) || node.wants(4) ? 'there is no gradient by its running mean and variance.' : undefined,
  gradient(node, emit) {
    const axes = emit.ints(node.inputDims(0).flatMap((_, axis) => (axis === 1 ? [] : [axis])))
    const isTraining = node.int('training_mode', 0) === 1
    const { mean, variance } = isTraining
      ? batchStatistics(node, emit, axes)
      : { mean: node.input(3), variance: node.input(4) }
    const stabilised = emit.op('Add', [variance, emit.scalar(node.float('epsilon', 1e-5))], {}, 'stabilised')
    const r = emit.op('Reciprocal', [emit.op('Sqrt', [stabilised], {}, 'deviation')], {}, 'r')
    const a = emit.op('Mul', [node.input(1), r], {}, 'a')
    const dY = node.outputGradient(0)
    const direct = () =>
      emit.op('Mul', [dY, perChannel(node, emit, a, 'a-per-channel')], {}, isTraining ? 'direct' : 'dX')
    if (!isTraining && !node.wants(1) && !node.wants(2)) return [direct()]

    const S1 = emit.op('ReduceSum', [dY, axes], { keepdims: 0 }, 'S1')
    const products = emit.op('Mul', [dY, node.input(0)], {}, 'products')
    const Q = emit.op('ReduceSum', [products, axes], { keepdims: 0 }, 'Q')
    const centred = emit.op('Sub', [Q, emit.op('Mul', [mean, S1], {}, 'mean-S1')], {}, 'centred')
    const dscale = emit.op('Mul', [centred, r], {}, 'dscale')
    return [node.wants(0) ? inputGradient() : undefined, dscale, S1]

    function inputGradient(): string {
      if (!isTraining) return direct()
      const count = elementsPerChannel(node, emit)
      const spread = emit.op('Mul', [emit.op('Mul', [a, r], {}, 'a-r'), dscale], {}, 'a-r-dscale')
      const b = emit.op('Div', [spread, count], {}, 'b')
      const shift = emit.op('Div', [emit.op('Mul', [a, S1], {}, 'a-S1'), count], {}, 'shift')
      const c = emit.op('Sub', [emit.op('Mul', [b, mean], {}, 'b-mean'), shift], {}, 'c')
      const shifted = emit.op('Add', [direct(), perChannel(node, emit, c, 'c-per-channel')], {}, 'shifted')
      const drift = emit.op('Mul', [node.input(0), perChannel(node, emit, b, 'b-per-channel')], {}, 'drift')
      return emit.op('Sub', [shifted, drift], {}, 'dX')
    }
  },
}

function batchStatistics(node: ForwardNode, emit: Emitter, axes: string): { mean: string; variance: string } {
  if (node.float('momentum', 0.9) === 0) return { mean: node.output(1), variance: node.output(2) }
  const mean = emit.op('ReduceMean', [node.input(0), axes], { keepdims: 0 }, 'mean')
  const centred = emit.op('Sub', [node.input(0), perChannel(node, emit, mean, 'mean-per-channel')], {}, 'centred-X')
  const squares = emit.op('Mul', [centred, centred], {}, 'squares')
  return { mean, variance: emit.op('ReduceMean', [squares, axes], { keepdims: 0 }, 'variance') }
}

/** [C] as [C, 1, 1 ...], which broadcasts against [N, C, H, W ...]. */
function perChannel(node: ForwardNode, emit: Emitter, vector: string, label: string): string {
  const spatial = node.inputDims(0).slice(2)
  return spatial.length === 0
    ? vector
    : emit.op('Unsqueeze', [vector, emit.ints(spatial.map((_, axis) => axis + 1))], {}, label)
}

function elementsPerChannel(node: ForwardNode, emit: Emitter): string {
  const others = node.inputDims(0).filter((_, axis) => axis !== 1)
  const known = others.reduce<number>((product, size) => (typeof size === 'number' ? product * size : Number.NaN), 1)
  if (!Number.isNaN(known)) return emit.scalar(known)
  const channels = emit.op('Size', [node.input(1)], {}, 'channels')
  const count = emit.op('Div', [emit.op('Size', [node.input(0)], {}, 'elements'), channels], {}, 'count')
  return emit.op('Cast', [count], { to: 1 }, 'count-as-float')
}
