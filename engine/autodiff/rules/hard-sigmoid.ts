import type { GradientRule } from '../rule.ts'

/** Y = alpha X + beta held within [0, 1]  =>  dX = alpha dY where 0 < Y < 1, else 0.  At a bound it is 0, as PyTorch has it. */
export const hardSigmoidRule: GradientRule = {
  opType: 'HardSigmoid',
  keeps: { inputs: [], outputs: [0] },
  gradient(node, emit) {
    const isAbove = emit.op('Greater', [node.output(0), emit.scalar(0)], {}, 'is-above-0')
    const isBelow = emit.op('Less', [node.output(0), emit.scalar(1)], {}, 'is-below-1')
    const isWithin = emit.op('And', [isAbove, isBelow], {}, 'is-within')
    const sloped = emit.op('Mul', [node.outputGradient(0), emit.scalar(node.float('alpha', 0.2))], {}, 'sloped')
    return [emit.op('Where', [isWithin, sloped, emit.scalar(0)], {}, 'dX')]
  },
}
