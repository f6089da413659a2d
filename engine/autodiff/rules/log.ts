import type { GradientRule } from '../rule.ts'

/** Y = ln(X)  =>  dX = dY / X. */
export const logRule: GradientRule = {
  opType: 'Log',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    return [emit.op('Div', [node.outputGradient(0), node.input(0)], {}, 'dX')]
  },
}
