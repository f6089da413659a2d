import { type Node, intAttribute } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'

const rank = 4

/** Where the axes N C H W lie in the order C H W N. */
const axisBatchLast = (axis: number): number => (axis + (axis < 0 ? rank : 0) + rank - 1) % rank

/** Joining images along an axis: their channels lie one after the other in memory in the order [C,H,W,N]. */
export const concatBatchLast: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'Concat' || node.domain !== '' || !node.inputs.some((input) => site.isBatchLast(input))) {
      return false
    }
    if (!areImages([...node.inputs, node.outputs[0] as string], site)) return false
    const parts = node.inputs.map((input) => site.batchLast(input))
    return site.replaceByBatchLast(site.op('Concat', parts, { axis: axisBatchLast(intAttribute(node, 'axis', 0)) }))
  },
}

/** A part of images, cut out with constant bounds. */
export const sliceBatchLast: Rewrite = {
  apply(node, site) {
    const [data, starts, ends, axes, ...steps] = node.inputs as readonly [string, string, string, string?, ...string[]]
    if (node.opType !== 'Slice' || node.domain !== '' || axes === undefined || !site.isBatchLast(data)) return false
    const cut = site.constant(axes)
    if (cut === undefined || !areImages([data, node.outputs[0] as string], site)) return false
    const moved = site.ints(Array.from(cut.data as Iterable<unknown>, (axis) => axisBatchLast(Number(axis))))
    return site.replaceByBatchLast(site.op('Slice', [site.batchLast(data), starts, ends, moved, ...steps]))
  },
}

function areImages(tensors: readonly string[], site: Site): boolean {
  return tensors.every((tensor) => site.knownDims(tensor)?.length === rank)
}

/** Means over each channel's plane, one after the other in memory for all samples. */
export const globalAveragePoolBatchLast: Rewrite = {
  apply(node, site) {
    const x = node.inputs[0] as string
    if (node.opType !== 'GlobalAveragePool' || node.domain !== '' || !site.isBatchLast(x)) return false
    if (!areImages([x], site)) return false
    pooledShapes(site).add((site.knownDims(x) as readonly number[]).join())
    return site.replaceByBatchLast(site.op('ReduceMean', [site.batchLast(x), site.ints([1, 2])]))
  },
}

/** One value per plane repeated over it, as the gradient of such a pool: in the order in which the pool read its images. */
export const expandBatchLast: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'Expand' || node.domain !== '') return false
    const shape = site.knownDims(node.outputs[0] as string)
    if (!isPlaneValue(node, site) || shape === undefined || !pooledShapes(site).has(shape.join())) return false
    const [samples, ...image] = shape as readonly [number, ...number[]]
    const value = site.batchLast(node.inputs[0] as string)
    return site.replaceByBatchLast(site.op('Expand', [value, site.ints([...image, samples])]))
  },
}

function isPlaneValue(node: Node, site: Site): boolean {
  const [value, result] = [node.inputs[0] as string, node.outputs[0] as string].map((name) => site.knownDims(name))
  return value?.length === rank && result?.length === rank && value.join() === [...result.slice(0, 2), 1, 1].join()
}

function pooledShapes(site: Site): Set<string> {
  return site.shared('shapes of images pooled in batch-last order', () => new Set<string>())
}
