import { besideReductionInput, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = ln(sum of exp(X)) over some axes  =>  dX = dY exp(X - Y). */
export const reduceLogSumExpRule: GradientRule = {
  opType: 'ReduceLogSumExp',
  keeps: { inputs: [0], outputs: [0] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const Y = besideReductionInput(node, emit, node.output(0), 'Y-beside-X')
    const dY = besideReductionInput(node, emit, node.outputGradient(0), 'dY-beside-X')
    const share = emit.op('Exp', [emit.op('Sub', [node.input(0), Y])], {}, 'share')
    return [emit.op('Mul', [dY, share], {}, 'dX')]
  },
}
