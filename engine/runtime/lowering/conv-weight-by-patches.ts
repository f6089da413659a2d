import { type Tensor, float32Tensor } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'
import { matchWeightGradient } from './conv-weight-gradient.ts'

const mostInputChannels = 4
const largestKernel = 6

/**
 * dW = Σₙ dY[n] · patches(x)[n]ᵀ for images of few channels. The patches [N, Ci·kH·kW, Ho, Wo] come from a convolution
 * whose constant kernel picks one element of the window for each channel.
 */
export const convWeightByPatches: Rewrite = {
  apply(node, site) {
    const match = matchWeightGradient(node, site)
    if (match === undefined || match.inputChannels > mostInputChannels) return false
    if (Math.max(...match.kernel) > largestKernel) return false
    const { inputChannels, outputChannels, kernel, padBegin, padEnd } = match
    const patches = site.op('Conv', [match.x, site.tensor('picks', pickEach(inputChannels, kernel))], {
      kernel_shape: kernel,
      strides: match.stride,
      dilations: match.dilation,
      pads: [...padBegin, ...padEnd],
      group: inputChannels,
    })
    const elements = inputChannels * kernel[0] * kernel[1]
    const columns = site.op('Reshape', [patches, site.ints([0, elements, -1])])
    const rows = site.op('Reshape', [match.dY, site.ints([0, outputChannels, -1])])
    const products = site.op('MatMul', [rows, site.op('Transpose', [columns], { perm: [0, 2, 1] })])
    const sum = site.op('ReduceSum', [products, site.ints([0])], { keepdims: 0 })
    return site.replaceBy('Reshape', [sum, site.ints([outputChannels, inputChannels, ...kernel])])
  },
}

/** [channels·kH·kW, 1, kH, kW]: for each channel the kH·kW kernels that are 1 at one element and 0 elsewhere. */
function pickEach(channels: number, [height, width]: readonly [number, number]): Tensor {
  const elements = height * width
  const data = new Float32Array(channels * elements * elements)
  for (let index = 0; index < channels * elements; index++) data[index * elements + (index % elements)] = 1
  return float32Tensor([channels * elements, 1, height, width], data)
}
