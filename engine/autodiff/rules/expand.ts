import type { GradientRule } from '../rule.ts'

/** Y = X broadcast to a shape  =>  dX = dY summed back over what was repeated. */
export const expandRule: GradientRule = {
  opType: 'Expand',
  keeps: { inputs: [], outputs: [] },
  broadcasts: true,
  gradient: (node) => [node.outputGradient(0), undefined],
}
