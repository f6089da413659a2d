import { planeSize, refusesUnknownPlane } from '../plane.ts'
import type { GradientRule } from '../rule.ts'

/** Y = mean of X [N,C,...] over each channel's plane  =>  dX = dY / (elements of a plane), repeated over the plane. */
export const globalAveragePoolRule: GradientRule = {
  opType: 'GlobalAveragePool',
  keeps: { inputs: [], outputs: [] },
  refuses: refusesUnknownPlane,
  gradient(node, emit) {
    const plane = planeSize(node)
    const share = emit.op('Mul', [node.outputGradient(0), emit.scalar(1 / plane)], {}, 'share')
    return [emit.op('Expand', [share, emit.shapeOfInput(0)], {}, 'dX')]
  },
}
