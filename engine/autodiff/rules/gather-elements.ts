import type { GradientRule } from '../rule.ts'

/** Y = the elements of X that the indices name along an axis  =>  dX = dY added where its elements came from. */
export const gatherElementsRule: GradientRule = {
  opType: 'GatherElements',
  keeps: { inputs: [1], outputs: [] },
  gradient(node, emit) {
    const zeros = emit.op('ConstantOfShape', [emit.shapeOfInput(0)], {}, 'zeros')
    const attributes = { axis: node.int('axis', 0), reduction: 'add' }
    return [emit.op('ScatterElements', [zeros, node.input(1), node.outputGradient(0)], attributes, 'dX')]
  },
}
