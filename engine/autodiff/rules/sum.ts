import type { GradientRule } from '../rule.ts'

/** Y = A + B + C ...  =>  the gradient of every term is dY. */
export const sumRule: GradientRule = {
  opType: 'Sum',
  keeps: { inputs: [], outputs: [] },
  broadcasts: true,
  gradient: (node) => Array.from({ length: node.inputCount }, () => node.outputGradient(0)),
}
