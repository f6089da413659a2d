import type { GradientRule } from '../rule.ts'

/** Y = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to X  =>  dX = dY 2 / sqrt(pi) exp(-X^2). */
export const erfRule: GradientRule = {
  opType: 'Erf',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const exponent = emit.op('Neg', [emit.op('Mul', [node.input(0), node.input(0)], {}, 'squared')], {}, 'exponent')
    const scale = emit.scalar(2 / Math.sqrt(Math.PI))
    const slope = emit.op('Mul', [emit.op('Exp', [exponent]), scale], {}, 'slope')
    return [emit.op('Mul', [node.outputGradient(0), slope], {}, 'dX')]
  },
}
