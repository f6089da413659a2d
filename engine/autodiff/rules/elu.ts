import { exponentialUnitGradient } from '../exponential-unit.ts'
import type { GradientRule } from '../rule.ts'

/** Y = X where X > 0, else alpha (exp(X) - 1)  =>  dX = dY or dY alpha exp(X).  At exactly 0 it is alpha dY, as PyTorch has it. */
export const eluRule: GradientRule = {
  opType: 'Elu',
  keeps: { inputs: [0], outputs: [] },
  gradient: (node, emit) => [exponentialUnitGradient(node, emit, { scale: 1, fall: node.float('alpha', 1), rate: 1 })],
}
