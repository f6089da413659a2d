import type { GradientRule } from '../rule.ts'

/** Y = X  =>  dX = dY. */
export const identityRule: GradientRule = {
  opType: 'Identity',
  keeps: { inputs: [], outputs: [] },
  gradient: (node) => [node.outputGradient(0)],
}
