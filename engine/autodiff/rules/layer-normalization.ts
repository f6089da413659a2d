import { normalize, throughNormalization } from '../normalization.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = scale n + B, n being X normalised over the axes from `axis` on, scale and B broadcast
 * =>  dscale = dY n and dB = dY, summed over what was broadcast, dX = the gradient scale dY through the normalisation.
 */
export const layerNormalizationRule: GradientRule = {
  opType: 'LayerNormalization',
  keeps: { inputs: [0, 1], outputs: [] },
  broadcasts: true,
  gradient(node, emit) {
    const dY = node.outputGradient(0)
    const rank = node.inputDims(0).length
    const axis = node.int('axis', -1)
    const first = axis < 0 ? axis + rank : axis
    const axes = Array.from({ length: rank - first }, (_, index) => first + index)
    const normalized = normalize(emit, node.input(0), axes, node.float('epsilon', 1e-5))
    return [
      node.wants(0)
        ? throughNormalization(emit, normalized, emit.op('Mul', [dY, node.input(1)], {}, 'G'), 'dX')
        : undefined,
      node.wants(1) ? emit.op('Mul', [dY, normalized.n], {}, 'dscale') : undefined,
      dY,
    ]
  },
}
