import type { GradientRule } from '../rule.ts'
import { refusesComputedAxes, repeatAlongReducedAxes } from '../reduction.ts'

/** Y = sum of X over some axes  =>  dX = dY repeated along them. */
export const reduceSumRule: GradientRule = {
  opType: 'ReduceSum',
  keeps: { inputs: [], outputs: [] },
  refuses: refusesComputedAxes,
  gradient: (node, emit) => [repeatAlongReducedAxes(node, emit, node.outputGradient(0))],
}
