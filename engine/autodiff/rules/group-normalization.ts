import { normalize, throughNormalization } from '../normalization.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = scale n + B, n being X [N, C, ...] normalised over groups of channels, scale and B one number per group
 * =>  dscale = sum dY n, dB = sum dY over everything in a group, dX = the gradient scale dY through the normalisation.
 * All of it in the shape [N, groups, elements of a group].
 */
export const groupNormalizationRule: GradientRule = {
  opType: 'GroupNormalization',
  keeps: { inputs: [0, 1], outputs: [] },
  gradient(node, emit) {
    const grouped = emit.ints([0, node.int('num_groups', 1), -1])
    const X = emit.op('Reshape', [node.input(0), grouped], {}, 'X')
    const dY = emit.op('Reshape', [node.outputGradient(0), grouped], {}, 'dY')
    const normalized = normalize(emit, X, [2], node.float('epsilon', 1e-5))
    return [
      node.wants(0) ? inputGradient() : undefined,
      node.wants(1) ? perGroup(emit.op('Mul', [dY, normalized.n], {}, 'products'), 'dscale') : undefined,
      node.wants(2) ? perGroup(dY, 'dB') : undefined,
    ]

    function inputGradient(): string {
      const scale = emit.op('Unsqueeze', [node.input(1), emit.ints([1])], {}, 'scale-per-group')
      const G = emit.op('Mul', [dY, scale], {}, 'G')
      const through = throughNormalization(emit, normalized, G, 'through')
      return emit.op('Reshape', [through, emit.shapeOfInput(0)], {}, 'dX')
    }

    function perGroup(value: string, label: string): string {
      return emit.op('ReduceSum', [value, emit.ints([0, 2])], { keepdims: 0 }, label)
    }
  },
}
