import { biasGradient, kernelGradient, refusesUnknownKernel } from '../kernel-gradient.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'
import { type WindowAxis, padsOf, windowAxes } from '../window.ts'

/**
 * Y = W * X + B, X [N,C,...], W [M,C/g,k...], g groups, stride s, dilation d, padding p.
 *
 * dX = ConvTranspose(dY, W) with the same stride, dilation, pads and groups; output_padding fills the elements at the
 *   end that no window reached.
 * dW = the correlation of X with dY, see `kernelGradient`.
 * dB = ReduceSum(dY) over all axes but 1.
 */
export const convRule: GradientRule = {
  opType: 'Conv',
  keeps: { inputs: [0, 1], outputs: [] },
  refuses: refusesUnknownKernel,
  gradient(node, emit) {
    const axes = windowAxes(node, node.inputDims(1).slice(2) as readonly number[])
    return [
      node.wants(0) ? inputGradient(node, emit, axes) : undefined,
      node.wants(1) ? weightGradient() : undefined,
      node.wants(2) ? biasGradient(node, emit) : undefined,
    ]

    function weightGradient(): string {
      const X = { name: node.input(0), dims: node.inputDims(0) }
      return kernelGradient(emit, X, node.outputGradient(0), node.int('group', 1), axes)
    }
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
