import type { GradientRule } from '../rule.ts'

/** Y = X in another type  =>  dX = dY.  Casts to integers cut the gradient, other floating-point types are refused by the walk. */
export const castRule: GradientRule = {
  opType: 'Cast',
  keeps: { inputs: [], outputs: [] },
  gradient: (node) => [node.outputGradient(0)],
}
