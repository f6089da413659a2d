import type { GradientRule } from '../rule.ts'

/** Y = X where X > 0, else alpha X  =>  dX = dY or alpha dY.  At exactly 0 it is alpha dY, as PyTorch has it. */
export const leakyReluRule: GradientRule = {
  opType: 'LeakyRelu',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const isPositive = emit.op('Greater', [node.input(0), emit.scalar(0)])
    const leaked = emit.op('Mul', [node.outputGradient(0), emit.scalar(node.float('alpha', 0.01))])
    return [emit.op('Where', [isPositive, node.outputGradient(0), leaked], {}, 'dX')]
  },
}
