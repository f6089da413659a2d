import type { Rewrite } from './rewrite.ts'
import { isPair, windowOf } from './window-node.ts'

/** Slice's «to the very beginning» when it walks backwards. */
const beforeFirst = -(2 ** 31)

/**
 * dX = ConvTranspose(dY, W) at stride 1 is Conv(dY, W') with W' turned by 180° and its channels swapped, padded by
 * dilation · (k − 1) − p.
 */
export const convInputByConv: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'ConvTranspose' || node.inputs.length > 2) return false
    const [dY, weight] = node.inputs as readonly [string, string]
    const kernel = site.knownDims(weight)?.slice(2) ?? []
    const slide = windowOf(node)
    if (slide === undefined || kernel.length !== 2 || slide.group !== 1 || !isPair(slide.stride, 1)) return false
    const reach = kernel.map((size, axis) => (slide.dilation[axis] as number) * (size - 1))
    const padBegin = reach.map((size, axis) => size - (slide.padBegin[axis] as number))
    const padEnd = reach.map((size, axis) => size - (slide.padEnd[axis] as number))
    if (Math.min(...padBegin, ...padEnd) < 0) return false
    const isPoint = kernel.every((size) => size === 1)
    const backwards = [site.ints([-1, -1]), site.ints([beforeFirst, beforeFirst]), site.ints([2, 3])]
    const turned = isPoint ? weight : site.op('Slice', [weight, ...backwards, site.ints([-1, -1])])
    const swapped = site.op('Transpose', [turned], { perm: [1, 0, 2, 3] })
    return site.replaceBy('Conv', [dY, swapped], {
      kernel_shape: kernel,
      dilations: slide.dilation,
      pads: [...padBegin, ...padEnd],
    })
  },
}
