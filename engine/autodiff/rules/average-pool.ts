import { requireAffordable } from '../affordable.ts'
import type { Emitter, GradientRule } from '../rule.ts'
import { type WindowAxis, spreadOverWindows, windowAxes } from '../window.ts'

/**
 * Y = mean of X over each window  =>  every element of a window gets dY / (its count).
 *
 * Emitted, channels as samples: `planes` Reshape of dY to [N C, 1, ...], `share` Mul by 1 / count (a scalar where all
 * windows count alike, else a map [1, 1, ...]), `spread` ConvTranspose with a kernel of ones, `dX` Reshape to X.
 */
export const averagePoolRule: GradientRule = {
  opType: 'AveragePool',
  keeps: { inputs: [], outputs: [] },
  gradient(node, emit) {
    const kernel = node.ints('kernel_shape') ?? []
    const axes = windowAxes(node, kernel)
    const planes = emit.reshape(node.outputGradient(0), [-1, 1, ...axes.map((axis) => axis.outputSize)], 'planes')
    const counted = inverseCounts(emit, axes, node.int('count_include_pad', 0) === 1)
    const share = emit.op('Mul', [planes, counted], {}, 'share')
    const spread = spreadOverWindows(emit, share, axes)
    return [emit.op('Reshape', [spread, emit.shapeOfInput(0)], {}, 'dX')]
  },
}

/** 1 / (number of elements the mean is over) for each window. */
function inverseCounts(emit: Emitter, axes: readonly WindowAxis[], includePads: boolean): string {
  requireAffordable(axes.reduce((product, { outputSize }) => product * outputSize, 1))
  const counts = axes
    .map((axis) => countsAlong(axis, includePads))
    .reduce((outer, inner) => outer.flatMap((count) => inner.map((other) => count * other)), [1])
  const first = counts[0] ?? 1
  if (counts.every((count) => count === first)) return emit.scalar(1 / first)
  const inverses = Float32Array.from(counts, (count) => 1 / count)
  return emit.tensor('inverse-counts', [1, 1, ...axes.map((axis) => axis.outputSize)], inverses)
}

/** Elements each window has along one axis: those of the image, or of the padded image where pads count. */
function countsAlong(axis: WindowAxis, includePads: boolean): readonly number[] {
  return Array.from({ length: axis.outputSize }, (_, position) => {
    const start = position * axis.stride - axis.padBegin
    const begin = includePads ? start : Math.max(start, 0)
    const end = Math.min(start + axis.kernel, axis.inputSize + (includePads ? axis.padEnd : 0))
    return end - begin
  })
}
