import { normSlope, normWeight } from '../p-norm.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = (sum of |X|^p over each channel's plane)^(1/p)  =>  dX = sign(X) |X|^(p-1) dY Y^(1-p).  Where Y is 0 it is 0.
 */
export const globalLpPoolRule: GradientRule = {
  opType: 'GlobalLpPool',
  keeps: { inputs: [0], outputs: [0] },
  gradient: (node, emit) => [emit.op('Mul', [normSlope(node, emit), normWeight(node, emit)], {}, 'dX')],
}
