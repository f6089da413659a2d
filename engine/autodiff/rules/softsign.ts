import type { GradientRule } from '../rule.ts'

/** Y = X / (1 + |X|)  =>  dX = dY / (1 + |X|)^2. */
export const softsignRule: GradientRule = {
  opType: 'Softsign',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const divisor = emit.op('Add', [emit.op('Abs', [node.input(0)]), emit.scalar(1)], {}, 'divisor')
    const squared = emit.op('Mul', [divisor, divisor], {}, 'squared')
    return [emit.op('Div', [node.outputGradient(0), squared], {}, 'dX')]
  },
}
