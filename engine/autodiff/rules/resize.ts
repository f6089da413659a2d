import { type ResizedAxis, interpolationMatrix } from '../interpolation.ts'
import { resizedAxes } from '../resized-axes.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y = M X along each resized axis, M [output, input] being the weights of the interpolation  =>  dX = M^T dY along each.
 * Emitted as MatMul(dY, M) along the last axis, MatMul(M^T, dY) along the one before it, and between Transposes elsewhere.
 */
export const resizeRule: GradientRule = {
  opType: 'Resize',
  keeps: { inputs: [], outputs: [] },
  differentiableInputs: [0],
  refuses(node) {
    const mode = node.string('mode', 'nearest')
    if (mode !== 'nearest' && mode !== 'linear') return `its mode is '${mode}'.`
    if (node.string('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize') return 'it crops.'
    return node.int('antialias', 0) === 1 ? 'it smooths while it shrinks (antialias).' : undefined
  },
  gradient(node, emit) {
    return [
      resizedAxes(node).reduce((dY, [axis, resized]) => back(node, emit, dY, axis, resized), node.outputGradient(0)),
    ]
  },
}

/** `dY` multiplied with M^T along `axis`. */
function back(node: ForwardNode, emit: Emitter, dY: string, axis: number, resized: ResizedAxis): string {
  const rank = node.inputDims(0).length
  const { inputSize, outputSize } = resized
  const M = interpolationMatrix(resized)
  if (axis === rank - 2) {
    const transposed = M.map((_, index) => M[(index % outputSize) * inputSize + Math.floor(index / outputSize)] ?? 0)
    return emit.op('MatMul', [emit.tensor('weights', [inputSize, outputSize], transposed), dY], {}, `dX/axis-${axis}`)
  }
  const weights = emit.tensor('weights', [outputSize, inputSize], M)
  if (axis === rank - 1) return emit.op('MatMul', [dY, weights], {}, `dX/axis-${axis}`)
  const perm = Array.from({ length: rank }, (_, place) =>
    place === axis ? rank - 1 : place === rank - 1 ? axis : place,
  )
  const last = emit.op('Transpose', [dY], { perm }, `dX/axis-${axis}/last`)
  return emit.op('Transpose', [emit.op('MatMul', [last, weights])], { perm }, `dX/axis-${axis}`)
}
