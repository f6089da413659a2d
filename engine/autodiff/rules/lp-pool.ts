import { normSlope, normWeight } from '../p-norm.ts'
import type { GradientRule } from '../rule.ts'
import { spreadOverWindows, windowAxes } from '../window.ts'

/**
 * Y = (sum of |X|^p over each window)^(1/p)  =>  dX = sign(X) |X|^(p-1) times the sum of dY Y^(1-p) over the windows
 * that X is in.  A window whose Y is 0 gives 0.
 */
export const lpPoolRule: GradientRule = {
  opType: 'LpPool',
  keeps: { inputs: [0], outputs: [0] },
  gradient(node, emit) {
    const axes = windowAxes(node, node.ints('kernel_shape') ?? [])
    const weight = normWeight(node, emit)
    const planes = emit.reshape(weight, [-1, 1, ...axes.map((axis) => axis.outputSize)], 'planes')
    const spread = emit.op('Reshape', [spreadOverWindows(emit, planes, axes), emit.shapeOfInput(0)], {}, 'spread-in-X')
    return [emit.op('Mul', [normSlope(node, emit), spread], {}, 'dX')]
  },
}
