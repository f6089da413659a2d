import type { Dimension } from '../../onnx/graph.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'
import { type WindowAxis, padsOf, windowAxes } from '../window.ts'

/**
 * Y = W * X + B, X [N,C,...], W [M,C/g,k...], g groups, stride s, dilation d, padding p.
 *
 * dX = ConvTranspose(dY, W) with the same stride, dilation, pads and groups; output_padding fills the elements at the
 *   end that no window reached.
 * dW = the correlation of X with dY as one Conv whose batch is the input channel and whose channels are the samples:
 *   input X [C/g, g N, ...], kernel dY [M, N, ...], stride d, dilation s, pads p, g groups -> [C/g, M, k...], sliced to k
 *   where unused elements made it larger, then transposed to [M, C/g, k...].
 *   `dW/input` is Transpose(X, 1 0 2 3) for one group, else Reshape, Transpose, Reshape; `dW/kernel` is
 *   Transpose(dY, 1 0 2 3); `dW/correlation` the Conv; `dW/cut` the Slice; `dW` the last Transpose.
 * dB = ReduceSum(dY) over all axes but 1.
 */
export const convRule: GradientRule = {
  opType: 'Conv',
  keeps: { inputs: [0, 1], outputs: [] },
  refuses: (node) =>
    node.inputDims(1).some((size) => typeof size === 'string')
      ? "its kernel's size is not known before the run."
      : undefined,
  gradient(node, emit) {
    const axes = windowAxes(node, node.inputDims(1).slice(2) as readonly number[])
    return [
      node.wants(0) ? inputGradient(node, emit, axes) : undefined,
      node.wants(1) ? weightGradient(node, emit, axes) : undefined,
      node.wants(2) ? biasGradient(node, emit) : undefined,
    ]
  },
}

function inputGradient(node: ForwardNode, emit: Emitter, axes: readonly WindowAxis[]): string {
  const attributes = {
    dilations: axes.map((axis) => axis.dilation),
    group: node.int('group', 1),
    kernel_shape: axes.map((axis) => axis.kernel),
    output_padding: axes.map((axis) => axis.unused),
    pads: padsOf(axes),
    strides: axes.map((axis) => axis.stride),
  }
  return emit.op('ConvTranspose', [node.outputGradient(0), node.input(1)], attributes, 'dX')
}

function weightGradient(node: ForwardNode, emit: Emitter, axes: readonly WindowAxis[]): string {
  const swapped = [1, 0, ...axes.map((_, axis) => axis + 2)]
  const group = node.int('group', 1)
  const input =
    group === 1 ? emit.op('Transpose', [node.input(0)], { perm: swapped }, 'dW/input') : groupedInput(node, emit, group)
  const kernel = emit.op('Transpose', [node.outputGradient(0)], { perm: swapped }, 'dW/kernel')
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
function groupedInput(node: ForwardNode, emit: Emitter, group: number): string {
  const [batch, channels, ...spatial] = node.inputDims(0) as readonly [Dimension, number, ...number[]]
  const perGroup = channels / group
  const split = emit.reshape(node.input(0), [batch, group, perGroup, ...spatial], 'dW/groups')
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

function biasGradient(node: ForwardNode, emit: Emitter): string {
  const axes = node.outputDims(0).flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  return emit.op('ReduceSum', [node.outputGradient(0), emit.ints(axes)], { keepdims: 0 }, 'dB')
}
