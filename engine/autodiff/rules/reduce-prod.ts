import { besideReductionInput, reducedAxes, refusesComputedAxes } from '../reduction.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = product of X over some axes  =>  dX = dY times the product of the others, zeros among them included: with P the
 * product of what is not 0, that is P / X where X and its others are not 0, P where X alone is 0, else 0.
 */
export const reduceProdRule: GradientRule = {
  opType: 'ReduceProd',
  keeps: { inputs: [0], outputs: [] },
  refuses: refusesComputedAxes,
  gradient(node, emit) {
    const axes = emit.ints(reducedAxes(node))
    const attributes = { keepdims: 1, noop_with_empty_axes: 1 }
    const isZero = emit.op('Equal', [node.input(0), emit.scalar(0)], {}, 'is-zero')
    const factors = emit.op('Where', [isZero, emit.scalar(1), node.input(0)], {}, 'factors')
    const P = emit.op('ReduceProd', [factors, axes], attributes, 'P')
    const zero = emit.op('Cast', [isZero], { to: 1 }, 'zero')
    const others = emit.op('Sub', [emit.op('ReduceSum', [zero, axes], attributes, 'zeros'), zero], {}, 'other-zeros')
    const hasNone = emit.op('Less', [others, emit.scalar(0.5)], {}, 'has-no-other-zero')
    const product = emit.op('Where', [hasNone, emit.op('Div', [P, factors]), emit.scalar(0)], {}, 'product')
    const dY = besideReductionInput(node, emit, node.outputGradient(0), 'dY-beside-X')
    return [emit.op('Mul', [dY, product], {}, 'dX')]
  },
}
