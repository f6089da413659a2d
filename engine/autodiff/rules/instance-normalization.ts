import { normalize, throughNormalization } from '../normalization.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = scale n + B, n being X [N, C, ...] normalised over each plane, scale and B one number per channel
 * =>  dscale = sum dY n, dB = sum dY over all axes but 1, dX = the gradient scale dY through the normalisation.
 */
export const instanceNormalizationRule: GradientRule = {
  opType: 'InstanceNormalization',
  keeps: { inputs: [0, 1], outputs: [] },
  gradient(node, emit) {
    const dY = node.outputGradient(0)
    const rank = node.inputDims(0).length
    const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 2)
    const normalized = normalize(emit, node.input(0), spatial, node.float('epsilon', 1e-5))
    return [
      node.wants(0) ? inputGradient() : undefined,
      node.wants(1) ? perChannel(emit.op('Mul', [dY, normalized.n], {}, 'products'), 'dscale') : undefined,
      node.wants(2) ? perChannel(dY, 'dB') : undefined,
    ]

    function inputGradient(): string {
      const besides = emit.ints(spatial.map((axis) => axis - 1))
      const scale = emit.op('Unsqueeze', [node.input(1), besides], {}, 'scale-per-channel')
      return throughNormalization(emit, normalized, emit.op('Mul', [dY, scale], {}, 'G'), 'dX')
    }

    function perChannel(value: string, label: string): string {
      return emit.op('ReduceSum', [value, emit.ints([0, ...spatial])], { keepdims: 0 }, label)
    }
  },
}
