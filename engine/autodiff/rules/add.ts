import type { GradientRule } from '../rule.ts'

/** Y = A + B  =>  dA = dY, dB = dY. */
export const addRule: GradientRule = {
  opType: 'Add',
  keeps: { inputs: [], outputs: [] },
  broadcasts: true,
  gradient: (node) => [node.outputGradient(0), node.outputGradient(0)],
}
