import { extremeElementGradient, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = the largest of X over some axes  =>  dY goes to it, in equal parts to tied ones, as PyTorch's amax has it. */
export const reduceMaxRule: GradientRule = {
  opType: 'ReduceMax',
  keeps: { inputs: [0], outputs: [0] },
  refuses: refusesComputedAxes,
  gradient: (node, emit) => [extremeElementGradient(node, emit)],
}
