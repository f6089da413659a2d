import { exponentialUnitGradient } from '../exponential-unit.ts'
import type { GradientRule } from '../rule.ts'

/** Y = X where X > 0, else alpha (exp(X / alpha) - 1)  =>  dX = dY or dY exp(X / alpha): smooth at 0. */
export const celuRule: GradientRule = {
  opType: 'Celu',
  keeps: { inputs: [0], outputs: [] },
  gradient: (node, emit) => [
    exponentialUnitGradient(node, emit, { scale: 1, fall: 1, rate: 1 / node.float('alpha', 1) }),
  ],
}
