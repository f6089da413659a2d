import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Training: Y = X * mask / (1 - ratio), the mask being the second output  =>  dX = mask ? dY / (1 - ratio) : 0.
 * Inference (training_mode absent or false): Y = X  =>  dX = dY.
 */
export const dropoutRule: GradientRule = {
  opType: 'Dropout',
  keeps: { inputs: [1], outputs: [1] },
  refuses: (node) =>
    node.hasInput(2) && node.constantInput(2) === undefined
      ? 'whether it is in training mode is computed in the graph; make that a constant.'
      : undefined,
  gradient(node, emit) {
    if (!isTraining(node)) return [node.outputGradient(0)]
    const scaled = emit.op('Mul', [node.outputGradient(0), scale(node, emit)], {}, 'scaled')
    return [emit.op('Where', [node.output(1), scaled, emit.scalar(0)], {}, 'dX')]
  },
}

function isTraining(node: ForwardNode): boolean {
  const flag = node.constantInput(2)?.data[0]
  return flag !== undefined && Number(flag) !== 0
}

/** 1 / (1 - ratio); the ratio is 0.5 unless given. */
function scale(node: ForwardNode, emit: Emitter): string {
  if (!node.hasInput(1)) return emit.scalar(2)
  const ratio = node.constantInput(1)?.data[0]
  if (ratio !== undefined) return emit.scalar(1 / (1 - Number(ratio)))
  return emit.op('Reciprocal', [emit.op('Sub', [emit.scalar(1), node.input(1)])], {}, 'scale')
}
