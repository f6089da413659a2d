import { intAttribute } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'

/** Sums and means per channel, as bias gradients and batch normalisation take them: over H, W and N in one run of memory. */
export const sumBatchLast: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'ReduceSum' && node.opType !== 'ReduceMean') return false
    const [x, axes] = node.inputs as readonly [string, string | undefined]
    const values = axes === undefined ? undefined : site.constant(axes)?.data
    if (!site.isBatchLast(x) || values === undefined || Array.from(values as BigInt64Array).join() !== '0,2,3') {
      return false
    }
    const keepsAxes = intAttribute(node, 'keepdims', 1) === 1
    const inputs = [site.batchLast(x), site.ints([1, 2, 3])]
    if (!keepsAxes) return site.replaceBy(node.opType, inputs, { keepdims: 0 })
    const sums = site.op(node.opType, inputs, { keepdims: 0 })
    return site.replaceBy('Reshape', [sums, site.ints([1, -1, 1, 1])])
  },
}
