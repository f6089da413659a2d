import type { GradientRule } from '../rule.ts'

/**
 * Y = the largest X of each window  =>  dX = dY added where the operator found it: its second output Indices counts
 * elements of the whole X in row-major order. The first of tied maxima gets the gradient, as PyTorch has it.
 *
 * Emitted: Indices added to the forward MaxPool, then `zeros` ConstantOfShape, `indices` and `gradients` Reshape to
 * one axis, `scattered` ScatterElements(axis 0, reduction add), `dX` Reshape to the shape of X.
 */
export const maxPoolRule: GradientRule = {
  opType: 'MaxPool',
  keeps: { inputs: [], outputs: [1] },
  refuses: (node) =>
    node.int('storage_order', 0) === 1
      ? 'it counts its indices column by column (storage_order 1), which has no gradient here.'
      : undefined,
  gradient(node, emit) {
    const zeros = emit.op('ConstantOfShape', [emit.elementCountOfInput(0)], {}, 'zeros')
    const indices = emit.reshape(node.output(1), [-1], 'indices')
    const gradients = emit.reshape(node.outputGradient(0), [-1], 'gradients')
    const attributes = { axis: 0, reduction: 'add' }
    const scattered = emit.op('ScatterElements', [zeros, indices, gradients], attributes, 'scattered')
    return [emit.op('Reshape', [scattered, emit.shapeOfInput(0)], {}, 'dX')]
  },
}
