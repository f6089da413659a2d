import { int64Tensor } from '../../onnx/graph.ts'
import { requireAffordable } from '../affordable.ts'
import { planeSize, refusesUnknownPlane } from '../plane.ts'
import type { GradientRule } from '../rule.ts'

/**
 * Y = the largest X [N,C,...] of each channel's plane  =>  dX = dY there, 0 elsewhere. The first of tied maxima gets the
 * gradient, as PyTorch has it.
 *
 * Emitted, a plane as one axis: `first` ArgMax, `is-taken` Equal(first, 0 1 2 ...), `taken` Where(is-taken, dY, 0).
 */
export const globalMaxPoolRule: GradientRule = {
  opType: 'GlobalMaxPool',
  keeps: { inputs: [0], outputs: [] },
  refuses: refusesUnknownPlane,
  gradient(node, emit) {
    const plane = planeSize(node)
    requireAffordable(plane)
    const flat = emit.op('Reshape', [node.input(0), emit.ints([0, 0, plane])], {}, 'planes')
    const first = emit.op('ArgMax', [flat], { axis: 2, keepdims: 1 }, 'first')
    const positions = int64Tensor(
      [plane],
      Array.from({ length: plane }, (_, position) => position),
    )
    const isTaken = emit.op('Equal', [first, emit.constant('positions', positions)], {}, 'is-taken')
    const dY = emit.op('Reshape', [node.outputGradient(0), emit.ints([0, 0, 1])], {}, 'dY')
    const taken = emit.op('Where', [isTaken, dY, emit.scalar(0)], {}, 'taken')
    return [emit.op('Reshape', [taken, emit.shapeOfInput(0)], {}, 'dX')]
  },
}
