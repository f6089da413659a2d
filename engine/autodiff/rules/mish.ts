import type { GradientRule } from '../rule.ts'

/** Y = X t with t = tanh(softplus(X))  =>  dX = dY (t + X sigmoid(X) (1 - t^2)). */
export const mishRule: GradientRule = {
  opType: 'Mish',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const X = node.input(0)
    const t = emit.op('Tanh', [emit.op('Softplus', [X])], {}, 't')
    const fall = emit.op('Sub', [emit.scalar(1), emit.op('Mul', [t, t], {}, 'squared')], {}, 'fall')
    const inner = emit.op('Mul', [emit.op('Mul', [X, emit.op('Sigmoid', [X])], {}, 'gated'), fall], {}, 'inner')
    return [emit.op('Mul', [node.outputGradient(0), emit.op('Add', [t, inner], {}, 'slope')], {}, 'dX')]
  },
}
