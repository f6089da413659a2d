import { exponentialUnitGradient } from '../exponential-unit.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = gamma X where X > 0, else gamma alpha (exp(X) - 1)  =>  dX = gamma dY or gamma alpha exp(X) dY.
 * At exactly 0 it is gamma alpha dY, as PyTorch has it.
 */
export const seluRule: GradientRule = {
  opType: 'Selu',
  keeps: { inputs: [0], outputs: [] },
  gradient(node, emit) {
    const gamma = node.float('gamma', 1.0507009873554805)
    const alpha = node.float('alpha', 1.6732632423543772)
    return [exponentialUnitGradient(node, emit, { scale: gamma, fall: gamma * alpha, rate: 1 })]
  },
}
