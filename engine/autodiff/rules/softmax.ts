import type { GradientRule } from '../rule.ts'

/** Y = exp(X) / sum exp(X) along an axis  =>  dX = Y * (dY - sum(dY * Y)). */
export const softmaxRule: GradientRule = {
  opType: 'Softmax',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const weighted = emit.op('Mul', [node.outputGradient(0), node.output(0)], {}, 'weighted')
    const total = emit.op('ReduceSum', [weighted, emit.ints([node.int('axis', -1)])], { keepdims: 1 }, 'total')
    const centred = emit.op('Sub', [node.outputGradient(0), total], {}, 'centred')
    return [emit.op('Mul', [node.output(0), centred], {}, 'dX')]
  },
}
