import { elementCount } from '../../onnx/graph.ts'
import type { GradientRule } from '../rule.ts'

/** Y = mean of X [N,C,...] over each channel's plane  =>  dX = dY / (elements of a plane), repeated over the plane. */
export const globalAveragePoolRule: GradientRule = {
  opType: 'GlobalAveragePool',
  keeps: { inputs: [], outputs: [] },
  refuses: (node) =>
    node
      .inputDims(0)
      .slice(2)
      .some((size) => typeof size === 'string')
      ? 'the height and width of its input are not known before the run.'
      : undefined,
  gradient(node, emit) {
    const plane = elementCount(node.inputDims(0).slice(2) as readonly number[])
    const share = emit.op('Mul', [node.outputGradient(0), emit.scalar(1 / plane)], {}, 'share')
    return [emit.op('Expand', [share, emit.shapeOfInput(0)], {}, 'dX')]
  },
}
