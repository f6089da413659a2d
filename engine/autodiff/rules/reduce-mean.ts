import type { GradientRule } from '../rule.ts'
import { elementsPerResult, refusesComputedAxes, repeatAlongReducedAxes } from '../reduction.ts'

/** Y = mean of X over some axes  =>  dX = dY / (number of elements per mean), repeated along them. */
export const reduceMeanRule: GradientRule = {
  opType: 'ReduceMean',
  keeps: { inputs: [], outputs: [] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const count = elementsPerResult(node, emit)
    return [repeatAlongReducedAxes(node, emit, emit.op('Div', [node.outputGradient(0), count], {}, 'share'))]
  },
}
