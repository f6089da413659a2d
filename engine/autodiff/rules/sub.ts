import type { GradientRule } from '../rule.ts'

/** Y = A - B  =>  dA = dY, dB = -dY. */
export const subRule: GradientRule = {
  opType: 'Sub',
  keeps: { inputs: [], outputs: [] },
  broadcasts: true,
  gradient(node, emit) {
    return [node.outputGradient(0), node.wants(1) ? emit.op('Neg', [node.outputGradient(0)], {}, 'dB') : undefined]
  },
}
