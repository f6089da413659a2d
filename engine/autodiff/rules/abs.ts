import type { GradientRule } from '../rule.ts'

/** Y = |X|  =>  dX = dY * sign(X).  At exactly 0 the gradient is 0, as PyTorch has it. */
export const absRule: GradientRule = {
  opType: 'Abs',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    return [emit.op('Mul', [node.outputGradient(0), emit.op('Sign', [node.input(0)])], {}, 'dX')]
  },
}
