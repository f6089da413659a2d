import type { GradientRule } from '../rule.ts'

/** Y = X with blocks moved into channels  =>  dX = dY moved back, a DepthToSpace of the order DCR. */
export const spaceToDepthRule: GradientRule = {
  opType: 'SpaceToDepth',
  keeps: { inputs: [], outputs: [] },
  gradient(node, emit) {
    const attributes = { blocksize: node.int('blocksize', 1), mode: 'DCR' }
    return [emit.op('DepthToSpace', [node.outputGradient(0)], attributes, 'dX')]
  },
}
