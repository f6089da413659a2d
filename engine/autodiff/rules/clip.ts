import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/** Y = X within [low, high]  =>  dX = dY where low <= X <= high, else 0.  At a bound it is dY, as PyTorch has it. */
export const clipRule: GradientRule = {
  opType: 'Clip',
  keeps: { inputs: [0, 1, 2], outputs: [] },
  refuses: (node) =>
    node.wants(1) || node.wants(2) ? 'there is no gradient by its bounds, only by what is clipped.' : undefined,
  gradient(node, emit) {
    const conditions = [...condition(node, emit, 1, 'GreaterOrEqual'), ...condition(node, emit, 2, 'LessOrEqual')]
    const [first, second] = conditions
    if (first === undefined) return [node.outputGradient(0)]
    const isWithin = second === undefined ? first : emit.op('And', [first, second], {}, 'is-within')
    return [emit.op('Where', [isWithin, node.outputGradient(0), emit.scalar(0)], {}, 'dX')]
  },
}

function condition(node: ForwardNode, emit: Emitter, bound: number, comparison: string): readonly string[] {
  return node.hasInput(bound) ? [emit.op(comparison, [node.input(0), node.input(bound)])] : []
}
