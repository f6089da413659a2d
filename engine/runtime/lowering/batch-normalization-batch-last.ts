import type { Rewrite } from './rewrite.ts'

/** Batch normalisation of [C,H,W,N] as that of one image [1, C, H, W·N]: statistics are per channel in either order. */
export const batchNormalizationBatchLast: Rewrite = {
  apply(node, site) {
    const x = node.inputs[0] as string
    if (node.opType !== 'BatchNormalization' || node.domain !== '' || !site.isBatchLast(x)) return false
    const [samples, channels, height, width] = site.knownDims(x) as [number, number, number, number]
    const image = site.op('Reshape', [site.batchLast(x), site.ints([1, channels, height, width * samples])])
    const result = site.name('side-by-side')
    site.add({
      ...node,
      name: result,
      inputs: [image, ...node.inputs.slice(1)],
      outputs: [result, ...node.outputs.slice(1)],
    })
    const split = site.ints([channels, height, width, samples])
    return site.replaceByBatchLast(site.op('Reshape', [result, split]))
  },
}
