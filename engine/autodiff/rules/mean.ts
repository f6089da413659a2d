import type { GradientRule } from '../rule.ts'

/** Y = (A + B + C ...) / n  =>  the gradient of each of the n terms is dY / n. */
export const meanRule: GradientRule = {
  opType: 'Mean',
  keeps: { inputs: [], outputs: [] },
  broadcasts: true,
  gradient(node, emit) {
    const share = emit.op('Mul', [node.outputGradient(0), emit.scalar(1 / node.inputCount)], {}, 'share')
    return Array.from({ length: node.inputCount }, () => share)
  },
}
