import type { GradientRule } from '../rule.ts'

/** Y = A * B  =>  dA = dY * B, dB = dY * A. */
export const mulRule: GradientRule = {
  opType: 'Mul',
  keeps: { inputs: [0, 1], outputs: [] },
  broadcasts: true,
  gradient(node, emit) {
    return [
      node.wants(0) ? emit.op('Mul', [node.outputGradient(0), node.input(1)], {}, 'dA') : undefined,
      node.wants(1) ? emit.op('Mul', [node.outputGradient(0), node.input(0)], {}, 'dB') : undefined,
    ]
  },
}
