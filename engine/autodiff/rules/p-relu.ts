import type { GradientRule } from '../rule.ts'

/**
 * Y = X where X > 0, else slope X  =>  dX = dY or slope dY, dslope = 0 or X dY.
 * At exactly 0 dX is slope dY, as PyTorch has it.
 */
export const pReluRule: GradientRule = {
  opType: 'PRelu',
  keeps: { inputs: [0, 1], outputs: [] },
  broadcasts: true,
  gradient(node, emit) {
    const [X, dY, zero] = [node.input(0), node.outputGradient(0), emit.scalar(0)]
    const isPositive = emit.op('Greater', [X, zero], {}, 'is-positive')
    return [node.wants(0) ? inputGradient() : undefined, node.wants(1) ? slopeGradient() : undefined]

    function inputGradient(): string {
      const leaked = emit.op('Mul', [dY, node.input(1)], {}, 'leaked')
      return emit.op('Where', [isPositive, dY, leaked], {}, 'dX')
    }

    function slopeGradient(): string {
      const products = emit.op('Mul', [dY, X], {}, 'products')
      return emit.op('Where', [isPositive, zero, products], {}, 'dslope')
    }
  },
}
