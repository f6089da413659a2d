import { matchWeightGradient } from './conv-weight-gradient.ts'
import type { Node } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'
import { isPair, windowOf } from './window-node.ts'

/** With fewer, the runs of memory that batch-last order is about are too short to pay for turning the images. */
export const fewestSamples = 8

/**
 * A Conv of stride 1 as a Conv over one image [1, C, H, W·N], whose kernel reaches N elements per column: 10 to 30 %
 * faster than over N images, including turning what goes in and comes out.
 */
export const convBatchLast: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'Conv' || node.domain !== '' || isWeightCorrelation(node, site)) return false
    const [x, weight, ...bias] = node.inputs as readonly [string, string, ...string[]]
    const slide = windowOf(node)
    const [samples, channels, height, width] = site.knownDims(x) ?? []
    const [, filters, outputHeight, outputWidth] = site.knownDims(node.outputs[0] as string) ?? []
    const kernel = site.knownDims(weight)?.slice(2)
    if (width === undefined || outputWidth === undefined || slide === undefined || kernel?.length !== 2) return false
    if (slide.group !== 1 || !isPair(slide.stride, 1) || (samples as number) < fewestSamples) return false
    const merged = (size: number) => size * (samples as number)
    const shape = site.ints([1, channels as number, height as number, merged(width)])
    const image = site.op('Reshape', [site.batchLast(x), shape])
    const result = site.op('Conv', [image, weight, ...bias], {
      kernel_shape: kernel,
      dilations: [slide.dilation[0], merged(slide.dilation[1])],
      pads: [slide.padBegin[0], merged(slide.padBegin[1]), slide.padEnd[0], merged(slide.padEnd[1])],
    })
    const split = [filters as number, outputHeight as number, outputWidth, samples as number]
    return site.replaceByBatchLast(site.op('Reshape', [result, site.ints(split)]))
  },
}

/** Whether this Conv is the heart of a kernel's gradient, which has its own forms. */
function isWeightCorrelation(node: Node, site: Site): boolean {
  const readers = site.readers(node.outputs[0] as string)
  const behindCut = readers.flatMap((reader) =>
    reader.opType === 'Slice' ? site.readers(reader.outputs[0] as string) : [],
  )
  return [...readers, ...behindCut].some((reader) => matchWeightGradient(reader, site) !== undefined)
}
