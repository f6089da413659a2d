import type { GradientRule } from '../rule.ts'

/**
 * Y = X repeated along each axis  =>  dX = dY with the repetitions as axes of their own, summed over them.
 * Emitted: `repetitions` Reshape to [r0, d0, r1, d1 ...] without the r that are 1, `dX` ReduceSum.
 */
export const tileRule: GradientRule = {
  opType: 'Tile',
  keeps: { inputs: [], outputs: [] },
  differentiableInputs: [0],
  refuses: (node) =>
    node.constantInput(1) === undefined
      ? 'its repeats are computed in the graph; only constant ones can be differentiated.'
      : undefined,
  gradient(node, emit) {
    const repeats = Array.from((node.constantInput(1)?.data ?? []) as BigInt64Array, Number)
    const axes: number[] = []
    const dims = node.inputDims(0).flatMap((size, axis) => {
      const times = repeats[axis] ?? 1
      if (times === 1) return [size]
      axes.push(axis + axes.length)
      return [times, size]
    })
    if (axes.length === 0) return [node.outputGradient(0)]
    const repetitions = emit.reshape(node.outputGradient(0), dims, 'repetitions')
    return [emit.op('ReduceSum', [repetitions, emit.ints(axes)], { keepdims: 0 }, 'dX')]
  },
}
