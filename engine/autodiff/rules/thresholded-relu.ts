import type { GradientRule } from '../rule.ts'

/** Y = X where X > alpha, else 0  =>  dX = dY or 0.  At exactly alpha it is 0, as PyTorch has it. */
export const thresholdedReluRule: GradientRule = {
  opType: 'ThresholdedRelu',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const isAbove = emit.op('Greater', [node.input(0), emit.scalar(node.float('alpha', 1))], {}, 'is-above')
    return [emit.op('Where', [isAbove, node.outputGradient(0), emit.scalar(0)], {}, 'dX')]
  },
}
