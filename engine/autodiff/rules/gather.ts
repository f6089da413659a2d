import type { GradientRule } from '../rule.ts'

/**
 * Y = the slices of X that the indices name along an axis  =>  dX = dY added slice by slice where they came from.
 * Emitted with the axis moved to the front: ScatterND(zeros, indices [..., 1], dY, reduction add).
 */
export const gatherRule: GradientRule = {
  opType: 'Gather',
  keeps: { inputs: [1], outputs: [] },
  refuses: (node) =>
    node.inputDims(0).some((size) => typeof size === 'string') ? 'the shape it gathers from is not known.' : undefined,
  gradient(node, emit) {
    const dims = node.inputDims(0) as readonly number[]
    const axis = node.int('axis', 0) < 0 ? node.int('axis', 0) + dims.length : node.int('axis', 0)
    const indexRank = node.inputDims(1).length
    const before = Array.from({ length: axis }, (_, index) => index)
    const after = Array.from({ length: dims.length - axis - 1 }, (_, index) => axis + 1 + index)
    const indexAxes = Array.from({ length: indexRank }, (_, index) => axis + index)
    const gradientOrder = [...indexAxes, ...before, ...after.map((other) => other + indexRank - 1)]
    const updates = emit.op('Transpose', [node.outputGradient(0)], { perm: gradientOrder }, 'axis-first')
    const order = [axis, ...before, ...after]
    const zeros = emit.op('ConstantOfShape', [emit.ints(order.map((from) => dims[from] as number))], {}, 'zeros')
    const indices = emit.op('Unsqueeze', [node.input(1), emit.ints([indexRank])], {}, 'indices')
    const scattered = emit.op('ScatterND', [zeros, indices, updates], { reduction: 'add' }, 'scattered')
    return [emit.op('Transpose', [scattered], { perm: dims.map((_, to) => order.indexOf(to)) }, 'dX')]
  },
}
