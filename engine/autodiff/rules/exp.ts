import type { GradientRule } from '../rule.ts'

/** Y = exp(X)  =>  dX = dY * Y. */
export const expRule: GradientRule = {
  opType: 'Exp',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    return [emit.op('Mul', [node.outputGradient(0), node.output(0)], {}, 'dX')]
  },
}
