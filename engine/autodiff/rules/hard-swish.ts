import type { GradientRule } from '../rule.ts'

/**
 * Y = X min(max(X / 6 + 1/2, 0), 1)  =>  dX = 0 below -3, dY (X / 3 + 1/2) up to 3, dY above.
 * At exactly -3 and 3 the middle one holds, as PyTorch has it.
 */
export const hardSwishRule: GradientRule = {
  opType: 'HardSwish',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const X = node.input(0)
    const rising = emit.op('Add', [emit.op('Mul', [X, emit.scalar(1 / 3)]), emit.scalar(0.5)], {}, 'rising')
    const isBelow = emit.op('Less', [X, emit.scalar(-3)], {}, 'is-below')
    const isAbove = emit.op('Greater', [X, emit.scalar(3)], {}, 'is-above')
    const upper = emit.op('Where', [isAbove, emit.scalar(1), rising], {}, 'upper')
    const slope = emit.op('Where', [isBelow, emit.scalar(0), upper], {}, 'slope')
    return [emit.op('Mul', [node.outputGradient(0), slope], {}, 'dX')]
  },
}
