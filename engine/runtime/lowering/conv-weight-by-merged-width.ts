import { int64Tensor } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'
import { type WeightGradient, matchWeightGradient } from './conv-weight-gradient.ts'
import type { Site } from './site.ts'
import { emitTransposed } from './transpose-by-product.ts'
import { isPair } from './window-node.ts'

/**
 * dW as one Conv over an image whose channels are the samples and whose width holds width and channels together,
 * channels innermost: [1, N, H, W·Ci] with dY as the kernel [Co, N, Ho, Wo], stretched over the width by the stride
 * times Ci. The runtime then gathers runs of kW·Ci neighbouring numbers instead of single ones.
 */
export const convWeightByMergedWidth: Rewrite = {
  apply(node, site) {
    const match = matchWeightGradient(node, site)
    if (match === undefined || !isPair(match.dilation, 1)) return false
    return isSmallerFromOutput(match) ? fromOutput(match, site) : fromInput(match, site)
  },
}

/** Where the output has more channels on a small map, stretching x over dY is the faster of the two. */
function isSmallerFromOutput(match: WeightGradient): boolean {
  const { inputChannels, outputChannels, inputSize, kernel, padBegin, padEnd } = match
  const possible =
    isPair(match.stride, 1) &&
    [0, 1].every((axis) => Math.max(padBegin[axis] as number, padEnd[axis] as number) < (kernel[axis] as number))
  const height = inputSize[0]
  return possible && (height <= 13 || outputChannels < inputChannels) && (outputChannels > inputChannels || height <= 8)
}

function fromInput(match: WeightGradient, site: Site): true {
  const { inputChannels, outputChannels, kernel, stride, padBegin } = match
  const [height, width] = match.inputSize
  const image = mergedWidth(match.x, height, width * inputChannels, site)
  const stretched = channelsFirst(match.dY, site)
  // The last window may end before the last padded element; a negative pad would say so, but the runtime refuses it.
  const padEnd = [0, 1].map((axis) => (match.padEnd[axis] as number) - unused(match, axis))
  const surplus = padEnd.map((pad) => Math.max(0, -pad))
  const [bottom, right] = padEnd.map((pad) => Math.max(0, pad)) as [number, number]
  const correlation = site.op('Conv', [image, stretched], {
    kernel_shape: match.outputSize,
    dilations: [stride[0], stride[1] * inputChannels],
    pads: [padBegin[0], padBegin[1] * inputChannels, bottom, right * inputChannels],
  })
  const full = kernel.map((size, axis) => size + (surplus[axis] as number))
  const split = site.op('Reshape', [correlation, site.ints([outputChannels, ...full, inputChannels])])
  const isExact = surplus.every((size) => size === 0)
  const cut = isExact ? split : site.op('Slice', [split, site.ints([0, 0]), site.ints(kernel), site.ints([1, 2])])
  return site.replaceBy('Transpose', [cut], { perm: [0, 3, 1, 2] })
}

/** The same with x and dY in each other's place, which gives the kernel rotated by 180°. */
function fromOutput(match: WeightGradient, site: Site): true {
  const { inputChannels, outputChannels, kernel, padBegin, padEnd } = match
  const [height, width] = match.outputSize
  const image = mergedWidth(match.dY, height, width * outputChannels, site)
  const stretched = channelsFirst(match.x, site)
  const [top, left] = kernel.map((size, axis) => size - 1 - (padBegin[axis] as number)) as [number, number]
  const [bottom, right] = kernel.map((size, axis) => size - 1 - (padEnd[axis] as number)) as [number, number]
  const correlation = site.op('Conv', [image, stretched], {
    kernel_shape: match.inputSize,
    dilations: [1, outputChannels],
    pads: [top, left * outputChannels, bottom, right * outputChannels],
  })
  const elements = kernel[0] * kernel[1]
  const split = site.op('Reshape', [correlation, site.ints([inputChannels, elements, outputChannels])])
  const backwards = site.ints(Array.from({ length: elements }, (_, index) => elements - 1 - index))
  const rotated = site.op('Gather', [split, backwards], { axis: 1 })
  const ordered = site.op('Transpose', [rotated], { perm: [2, 0, 1] })
  return site.replaceBy('Reshape', [ordered, site.ints([outputChannels, inputChannels, ...kernel])])
}

/** [N,C,H,W] as [1, N, H, W·C]. */
function mergedWidth(tensor: string, height: number, width: number, site: Site): string {
  return site.op('Reshape', [channelsLast(tensor, site), site.ints([1, -1, height, width])])
}

/** [N,C,H,W] as [N, H·W, C], or the same elements in as many axes as come cheaply. */
function channelsLast(tensor: string, site: Site): string {
  const [samples, channels, height, width] = site.dims(tensor) as readonly [unknown, number, number, number]
  const pixels = height * width
  if (typeof samples === 'number' && site.isBatchLast(tensor)) return channelsLastByRows(tensor, samples, site)
  const images = site.op('Reshape', [tensor, site.ints([-1, channels, pixels])])
  return emitTransposed(images, channels, pixels, 3, site)
}

/**
 * [C,H,W,N] as [N·H·W, C]: turned as a matrix, then whole rows put in order by Gather. One Transpose from the first to
 * the last order, and also two in a row, which the runtime makes one, take 3 to 5 times as long.
 */
function channelsLastByRows(tensor: string, samples: number, site: Site): string {
  const [, channels, height, width] = site.knownDims(tensor) as readonly [number, number, number, number]
  const pixels = height * width
  const matrix = site.op('Reshape', [site.batchLast(tensor), site.ints([channels, pixels * samples])])
  const rows = emitTransposed(matrix, channels, pixels * samples, 2, site)
  const order = site.shared(`rows of ${samples} samples of ${pixels} pixels`, () => {
    const length = samples * pixels
    const source = (row: number) => (row % pixels) * samples + Math.floor(row / pixels)
    const values = Array.from({ length }, (_, row) => source(row))
    return site.tensor('samples-first', int64Tensor([length], values))
  })
  return site.op('Gather', [rows, order], { axis: 0 })
}

/** [N,C,H,W] as [C,N,H,W]. */
function channelsFirst(tensor: string, site: Site): string {
  if (!site.isBatchLast(tensor)) return site.turned(tensor, [1, 0, 2, 3])
  const [samples, channels, height, width] = site.knownDims(tensor) as readonly [number, number, number, number]
  const pixels = height * width
  const planes = site.op('Reshape', [site.batchLast(tensor), site.ints([channels, pixels, samples])])
  const turned = emitTransposed(planes, pixels, samples, 3, site)
  return site.op('Reshape', [turned, site.ints([channels, samples, height, width])])
}

/** Padded elements behind the last window of the forward convolution. */
function unused(match: WeightGradient, axis: number): number {
  const at = (pair: readonly [number, number]) => pair[axis] as number
  const padded = at(match.inputSize) + at(match.padBegin) + at(match.padEnd)
  return padded - at(match.stride) * (at(match.outputSize) - 1) - at(match.kernel)
}
