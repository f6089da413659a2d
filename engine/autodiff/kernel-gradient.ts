import type { Dimension } from '../onnx/graph.ts'
import type { Emitter, ForwardNode } from './rule.ts'
import { type WindowAxis, padsOf } from './window.ts'

/**
 * The gradient by the kernel W [M, C/g, k...] of a convolution of X [N, C, ...] with stride s, dilation d, padding p and
 * g groups, dY [N, M, ...] being the gradient of its result: the correlation of X with dY as one Conv whose batch is the
 * input channel and whose channels are the samples: input X [C/g, g N, ...], kernel dY [M, N, ...], stride d, dilation s,
 * pads p, g groups -> [C/g, M, k...], sliced to k where unused elements made it larger, then transposed to [M, C/g, k...].
 *
 * `dW/input` is Transpose(X, 1 0 2 3) for one group, else Reshape, Transpose, Reshape; `dW/kernel` is
 * Transpose(dY, 1 0 2 3); `dW/correlation` the Conv; `dW/cut` the Slice; `dW` the last Transpose.
 */
export function kernelGradient(
  emit: Emitter,
  X: { readonly name: string; readonly dims: readonly Dimension[] },
  dY: string,
  group: number,
  axes: readonly WindowAxis[],
): string {
  const swapped = [1, 0, ...axes.map((_, axis) => axis + 2)]
  const input =
    group === 1
      ? emit.op('Transpose', [X.name], { perm: swapped }, 'dW/input')
      : groupedInput(emit, X.name, X.dims, group)
  const kernel = emit.op('Transpose', [dY], { perm: swapped }, 'dW/kernel')
  const attributes = {
    dilations: axes.map((axis) => axis.stride),
    group,
    pads: padsOf(axes),
    strides: axes.map((axis) => axis.dilation),
  }
  const correlation = emit.op('Conv', [input, kernel], attributes, 'dW/correlation')
  const isExact = axes.every((axis) => axis.unused < axis.dilation)
  const cut = isExact ? correlation : cutToKernel(emit, correlation, axes)
  return emit.op('Transpose', [cut], { perm: swapped }, 'dW')
}

/** X [N, g C/g, ...] as [C/g, g N, ...]. */
function groupedInput(emit: Emitter, X: string, dims: readonly Dimension[], group: number): string {
  const [batch, channels, ...spatial] = dims as readonly [Dimension, number, ...number[]]
  const perGroup = channels / group
  const split = emit.reshape(X, [batch, group, perGroup, ...spatial], 'dW/groups')
  const perm = [2, 1, 0, ...spatial.map((_, axis) => axis + 3)]
  const reordered = emit.op('Transpose', [split], { perm }, 'dW/groups-first')
  const merged = typeof batch === 'number' ? group * batch : batch
  return emit.reshape(reordered, [perGroup, merged, ...spatial], 'dW/input')
}

function cutToKernel(emit: Emitter, correlation: string, axes: readonly WindowAxis[]): string {
  const starts = emit.ints(axes.map(() => 0))
  const ends = emit.ints(axes.map((axis) => axis.kernel))
  return emit.op('Slice', [correlation, starts, ends, emit.ints(axes.map((_, axis) => axis + 2))], {}, 'dW/cut')
}

/** dB = dY [N, M, ...] summed over all axes but 1. */
export function biasGradient(node: ForwardNode, emit: Emitter): string {
  const axes = node.outputDims(0).flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  return emit.op('ReduceSum', [node.outputGradient(0), emit.ints(axes)], { keepdims: 0 }, 'dB')
}

/** Why a convolution whose kernel's size only the run knows has no gradient here. */
export function refusesUnknownKernel(node: ForwardNode): string | undefined {
  const isUnknown = node.inputDims(1).some((size) => typeof size === 'string')
  return isUnknown ? "its kernel's size is not known before the run." : undefined
}
