import type { GradientRule } from '../rule.ts'

/** Y is X with its axes permuted  =>  dX = dY permuted back. */
export const transposeRule: GradientRule = {
  opType: 'Transpose',
  keeps: { inputs: [], outputs: [] },
  gradient(node, emit) {
    const axes = node.outputDims(0).map((_, axis) => axis)
    const permutation = node.ints('perm') ?? axes.toReversed()
    const inverse = axes.map((axis) => permutation.indexOf(axis))
    return [emit.op('Transpose', [node.outputGradient(0)], { perm: inverse }, 'dX')]
  },
}
