import type { GradientRule } from '../rule.ts'

/** Y = tanh(X)  =>  dX = dY * (1 - Y^2). */
export const tanhRule: GradientRule = {
  opType: 'Tanh',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const squared = emit.op('Mul', [node.output(0), node.output(0)], {}, 'squared')
    const slope = emit.op('Sub', [emit.scalar(1), squared], {}, 'slope')
    return [emit.op('Mul', [node.outputGradient(0), slope], {}, 'dX')]
  },
}
