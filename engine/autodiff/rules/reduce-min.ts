import { extremeElementGradient, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = the smallest of X over some axes  =>  dY goes to it, in equal parts to tied ones, as PyTorch's amin has it. */
export const reduceMinRule: GradientRule = {
  opType: 'ReduceMin',
  keeps: { inputs: [0], outputs: [0] },
  refuses: refusesComputedAxes,
  gradient: (node, emit) => [extremeElementGradient(node, emit)],
}
