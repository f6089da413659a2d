import type { GradientRule } from '../rule.ts'

/** Y = ln(1 + exp(X))  =>  dX = dY sigmoid(X). */
export const softplusRule: GradientRule = {
  opType: 'Softplus',
  keeps: { inputs: [0], outputs: [] },
  gradient: (node, emit) => [emit.op('Mul', [node.outputGradient(0), emit.op('Sigmoid', [node.input(0)])], {}, 'dX')],
}
