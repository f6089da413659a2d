import type { GradientRule } from '../rule.ts'

/** Y = 1 / X  =>  dX = -dY * Y^2. */
export const reciprocalRule: GradientRule = {
  opType: 'Reciprocal',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const squared = emit.op('Mul', [node.output(0), node.output(0)], {}, 'squared')
    return [emit.op('Neg', [emit.op('Mul', [node.outputGradient(0), squared])], {}, 'dX')]
  },
}
