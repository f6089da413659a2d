import type { GradientRule } from '../rule.ts'

/** Y holds the elements of X in another shape  =>  dX = dY in the shape of X. */
export const reshapeRule: GradientRule = {
  opType: 'Reshape',
  keeps: { inputs: [], outputs: [] },
  gradient: (node, emit) => [emit.op('Reshape', [node.outputGradient(0), emit.shapeOfInput(0)], {}, 'dX')],
}
