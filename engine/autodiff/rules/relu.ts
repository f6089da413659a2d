import type { GradientRule } from '../rule.ts'

/** Y = max(X, 0)  =>  dX = dY * [Y > 0].  At exactly 0 the gradient is 0, as PyTorch has it. */
export const reluRule: GradientRule = {
  opType: 'Relu',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const isPositive = emit.op('Greater', [node.output(0), emit.scalar(0)])
    return [emit.op('Where', [isPositive, node.outputGradient(0), emit.scalar(0)], {}, 'dX')]
  },
}
