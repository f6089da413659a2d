import type { GradientRule } from '../rule.ts'

/** Y = X - ln sum exp(X) along an axis  =>  dX = dY - exp(Y) * sum(dY). */
export const logSoftmaxRule: GradientRule = {
  opType: 'LogSoftmax',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const axis = emit.ints([node.int('axis', -1)])
    const total = emit.op('ReduceSum', [node.outputGradient(0), axis], { keepdims: 1 }, 'total')
    const probabilities = emit.op('Exp', [node.output(0)], {}, 'probabilities')
    const expected = emit.op('Mul', [probabilities, total], {}, 'expected')
    return [emit.op('Sub', [node.outputGradient(0), expected], {}, 'dX')]
  },
}
