import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y [N, C, b H, b W] = X [N, C b^2, H, W] with channels moved into blocks  =>  dX = dY moved back: SpaceToDepth for the
 * order DCR; for CRD `blocks` Reshape to [N, C, H, b, W, b], `channels` Transpose to [N, C, b, b, H, W], Reshape.
 */
export const depthToSpaceRule: GradientRule = {
  opType: 'DepthToSpace',
  keeps: { inputs: [], outputs: [] },
  gradient(node, emit) {
    const blocksize = node.int('blocksize', 1)
    const dY = node.outputGradient(0)
    if (node.string('mode', 'DCR') === 'DCR') return [emit.op('SpaceToDepth', [dY], { blocksize }, 'dX')]
    return [backToColumns(node, emit, dY, blocksize)]
  },
}

function backToColumns(node: ForwardNode, emit: Emitter, dY: string, b: number): string {
  const [batch = 0, , height = 0, width = 0] = node.inputDims(0)
  const [, channels = 0] = node.outputDims(0)
  const blocks = emit.reshape(dY, [batch, channels, height, b, width, b], 'blocks')
  const moved = emit.op('Transpose', [blocks], { perm: [0, 1, 3, 5, 2, 4] }, 'channels')
  return emit.op('Reshape', [moved, emit.shapeOfInput(0)], {}, 'dX')
}
