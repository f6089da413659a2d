import type { GradientRule } from '../rule.ts'

/** Y is X with some more axes of size 1  =>  dX = dY in the shape of X. */
export const unsqueezeRule: GradientRule = {
  opType: 'Unsqueeze',
  keeps: { inputs: [], outputs: [] },
  gradient: (node, emit) => [emit.op('Reshape', [node.outputGradient(0), emit.shapeOfInput(0)], {}, 'dX')],
}
