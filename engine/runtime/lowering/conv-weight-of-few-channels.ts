import { fewestSamples } from './conv-batch-last.ts'
import { matchWeightGradient } from './conv-weight-gradient.ts'
import type { Rewrite } from './rewrite.ts'
import { isPair } from './window-node.ts'

const mostInputChannels = 4

/**
 * For images of few channels the correlation itself in the order [C,H,W,N]: the channels as a batch of images
 * [Ci, 1, H, W·N], dY as the kernel [Co, 1, Ho, Wo·N], moved by N elements per column. Nothing is turned, and one
 * product runs over all samples.
 */
export const convWeightOfFewChannels: Rewrite = {
  apply(node, site) {
    const match = matchWeightGradient(node, site)
    const samples = match && site.knownDims(match.dY)?.[0]
    if (match === undefined || samples === undefined || samples < fewestSamples) return false
    if (match.inputChannels > mostInputChannels || !site.isBatchLast(match.dY) || !isPair(match.stride, 1)) return false
    const { inputChannels, outputChannels, inputSize, outputSize, padBegin, padEnd, dilation } = match
    const flat = (tensor: string, channels: number, [height, width]: readonly [number, number]) =>
      site.op('Reshape', [site.batchLast(tensor), site.ints([channels, 1, height, width * samples])])
    const correlation = site.op(
      'Conv',
      [flat(match.x, inputChannels, inputSize), flat(match.dY, outputChannels, outputSize)],
      {
        kernel_shape: [outputSize[0], outputSize[1] * samples],
        strides: [dilation[0], dilation[1] * samples],
        pads: [padBegin[0], padBegin[1] * samples, padEnd[0], padEnd[1] * samples],
      },
    )
    return site.replaceBy('Transpose', [correlation], { perm: [1, 0, 2, 3] })
  },
}
