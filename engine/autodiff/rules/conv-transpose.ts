import { biasGradient, kernelGradient, refusesUnknownKernel } from '../kernel-gradient.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'
import { type WindowAxis, padsOf, transposedWindowAxes } from '../window.ts'

/**
 * Y = the transpose of a convolution with W [C, M/g, k...] applied to X [N, C, ...], + B; g groups, stride s, dilation d,
 * padding p. Thus it is the gradient of a convolution from M channels to C, and the roles of X and Y are those of dY and X.
 *
 * dX = Conv(dY, W) with the same stride, dilation, pads and groups.
 * dW = the correlation of dY with X, see `kernelGradient`.
 * dB = ReduceSum(dY) over all axes but 1.
 */
export const convTransposeRule: GradientRule = {
  opType: 'ConvTranspose',
  keeps: { inputs: [0, 1], outputs: [] },
  refuses: refusesUnknownKernel,
  gradient(node, emit) {
    const axes = transposedWindowAxes(node, node.inputDims(1).slice(2) as readonly number[])
    return [
      node.wants(0) ? inputGradient(node, emit, axes) : undefined,
      node.wants(1) ? weightGradient() : undefined,
      node.wants(2) ? biasGradient(node, emit) : undefined,
    ]

    function weightGradient(): string {
      const dY = { name: node.outputGradient(0), dims: node.outputDims(0) }
      return kernelGradient(emit, dY, node.input(0), node.int('group', 1), axes)
    }
  },
}

function inputGradient(node: ForwardNode, emit: Emitter, axes: readonly WindowAxis[]): string {
  const attributes = {
    dilations: axes.map((axis) => axis.dilation),
    group: node.int('group', 1),
    kernel_shape: axes.map((axis) => axis.kernel),
    pads: padsOf(axes),
    strides: axes.map((axis) => axis.stride),
  }
  return emit.op('Conv', [node.outputGradient(0), node.input(1)], attributes, 'dX')
}
