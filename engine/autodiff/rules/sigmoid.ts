import type { GradientRule } from '../rule.ts'

/** Y = 1 / (1 + exp(-X))  =>  dX = dY * Y * (1 - Y). */
export const sigmoidRule: GradientRule = {
  opType: 'Sigmoid',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const slope = emit.op('Mul', [node.output(0), emit.op('Sub', [emit.scalar(1), node.output(0)])], {}, 'slope')
    return [emit.op('Mul', [node.outputGradient(0), slope], {}, 'dX')]
  },
}
