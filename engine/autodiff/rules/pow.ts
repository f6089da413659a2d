import type { GradientRule } from '../rule.ts'

/** Z = X^P  =>  dX = dZ * P * X^(P-1), dP = dZ * Z * ln X (defined for positive bases). */
export const powRule: GradientRule = {
  opType: 'Pow',
  keeps: { inputs: [0, 1], outputs: [0] },
  broadcasts: true,
  gradient(node, emit) {
    return [node.wants(0) ? baseGradient() : undefined, node.wants(1) ? exponentGradient() : undefined]

    function baseGradient(): string {
      const lowered = emit.op('Pow', [node.input(0), emit.op('Sub', [node.input(1), emit.scalar(1)])])
      const slope = emit.op('Mul', [node.input(1), lowered], {}, 'slope')
      return emit.op('Mul', [node.outputGradient(0), slope], {}, 'dX')
    }

    function exponentGradient(): string {
      const slope = emit.op('Mul', [node.output(0), emit.op('Log', [node.input(0)])])
      return emit.op('Mul', [node.outputGradient(0), slope], {}, 'dP')
    }
  },
}
