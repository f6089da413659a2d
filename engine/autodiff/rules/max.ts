import { extremumGradients } from '../extremum.ts'
import type { GradientRule } from '../rule.ts'

/** Y = the largest of the inputs, elementwise  =>  dY goes to it, in equal parts to tied ones, as PyTorch has it for two. */
export const maxRule: GradientRule = {
  opType: 'Max',
  keeps: { inputs: 'all', outputs: [0] },
  broadcasts: true,
  gradient: extremumGradients,
}
