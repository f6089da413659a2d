import { besideReductionInput, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = sum of X^2 over some axes  =>  dX = 2 dY X. */
export const reduceSumSquareRule: GradientRule = {
  opType: 'ReduceSumSquare',
  keeps: { inputs: [0], outputs: [] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const twice = emit.op('Mul', [node.outputGradient(0), emit.scalar(2)], {}, 'twice')
    return [emit.op('Mul', [node.input(0), besideReductionInput(node, emit, twice, 'twice-beside-X')], {}, 'dX')]
  },
}
