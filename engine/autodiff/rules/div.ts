import type { GradientRule } from '../rule.ts'

/** Y = A / B  =>  dA = dY / B, dB = -dY * Y / B. */
export const divRule: GradientRule = {
  opType: 'Div',
  keeps: { inputs: [1], outputs: [0] },
  broadcasts: true,
  gradient(node, emit) {
    const quotient = emit.op('Div', [node.outputGradient(0), node.input(1)], {}, 'dA')
    if (!node.wants(1)) return [quotient]
    return [quotient, emit.op('Neg', [emit.op('Mul', [quotient, node.output(0)])], {}, 'dB')]
  },
}
