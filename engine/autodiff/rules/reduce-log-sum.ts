import { refusesComputedAxes, repeatAlongReducedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = ln(sum of X) over some axes  =>  dX = dY / exp(Y), repeated along them. */
export const reduceLogSumRule: GradientRule = {
  opType: 'ReduceLogSum',
  keeps: { inputs: [], outputs: [0] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const total = emit.op('Exp', [node.output(0)], {}, 'total')
    return [repeatAlongReducedAxes(node, emit, emit.op('Div', [node.outputGradient(0), total], {}, 'share'))]
  },
}
