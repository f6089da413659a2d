import type { GradientRule } from '../rule.ts'

/** Y = sqrt(X)  =>  dX = dY / (2 Y).  Infinite at 0, as PyTorch has it. */
export const sqrtRule: GradientRule = {
  opType: 'Sqrt',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const twice = emit.op('Mul', [node.output(0), emit.scalar(2)], {}, 'twice')
    return [emit.op('Div', [node.outputGradient(0), twice], {}, 'dX')]
  },
}
