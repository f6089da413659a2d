import { besideReductionInput, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = sum of |X| over some axes  =>  dX = dY sign(X).  At exactly 0 it is 0, as PyTorch has it. */
export const reduceL1Rule: GradientRule = {
  opType: 'ReduceL1',
  keeps: { inputs: [0], outputs: [] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const dY = besideReductionInput(node, emit, node.outputGradient(0), 'dY-beside-X')
    return [emit.op('Mul', [emit.op('Sign', [node.input(0)]), dY], {}, 'dX')]
  },
}
