import { besideReductionInput, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/** Y = sqrt(sum of X^2) over some axes  =>  dX = dY X / Y.  Where Y is 0 it is 0, as PyTorch has it. */
export const reduceL2Rule: GradientRule = {
  opType: 'ReduceL2',
  keeps: { inputs: [0], outputs: [0] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const isZero = emit.op('Equal', [node.output(0), emit.scalar(0)], {}, 'is-zero')
    const divisor = emit.op('Where', [isZero, emit.scalar(1), node.output(0)], {}, 'divisor')
    const share = emit.op('Div', [node.outputGradient(0), divisor], {}, 'share')
    return [emit.op('Mul', [node.input(0), besideReductionInput(node, emit, share, 'share-beside-X')], {}, 'dX')]
  },
}
