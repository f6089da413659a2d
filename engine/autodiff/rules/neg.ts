import type { GradientRule } from '../rule.ts'

/** Y = -X  =>  dX = -dY. */
export const negRule: GradientRule = {
  opType: 'Neg',
  keeps: { inputs: [], outputs: [] },
  gradient(node, emit) {
    return [emit.op('Neg', [node.outputGradient(0)], {}, 'dX')]
  },
}
