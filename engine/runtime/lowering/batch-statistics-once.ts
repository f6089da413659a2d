import { floatAttribute, intAttribute, type Node } from '../../onnx/graph.ts'
import { isTrainingNormalization } from './batch-normalization.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'

/**
 * The batch's mean and variance, which a gradient computes again, taken from the batch normalisation itself, which with
 * momentum 0 returns them.
 */
export const batchStatisticsOnce: Rewrite = {
  apply(node, site) {
    if (!isPerChannelMean(node, site)) return false
    const averaged = node.inputs[0] as string
    const mean = normalizationOf(averaged, node, site)?.outputs[1]
    if (mean !== undefined) return site.replaceBy('Identity', [mean])
    const variance = normalizationOf(squaredDeviation(averaged, site), node, site)?.outputs[2]
    return variance === undefined ? false : site.replaceBy('Identity', [variance])
  },
}

function isPerChannelMean(node: Node, site: Site): boolean {
  if (node.opType !== 'ReduceMean' || node.domain !== '' || intAttribute(node, 'keepdims', 1) !== 0) return false
  const rank = site.dims(node.inputs[0] as string)?.length ?? 0
  const axes = Array.from((site.constant(node.inputs[1] ?? '')?.data ?? []) as Iterable<unknown>, Number)
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1)
  return rank >= 2 && axes.join() === others.join()
}

/** The batch normalisation before `reader` that returns the statistics of `x`. */
function normalizationOf(x: string | undefined, reader: Node, site: Site): Node | undefined {
  if (x === undefined) return undefined
  return site
    .readers(x)
    .find(
      (node) =>
        isTrainingNormalization(node) &&
        node.inputs[0] === x &&
        floatAttribute(node, 'momentum', 0.9) === 0 &&
        site.isBefore(node, reader),
    )
}

/** x where `squares` is (x − mean of x per channel)². */
function squaredDeviation(squares: string, site: Site): string | undefined {
  const product = site.producedBy(squares, 'Mul')
  const centred = product && site.producedBy(product.inputs[0] as string, 'Sub')
  if (centred === undefined || product?.inputs[0] !== product?.inputs[1]) return undefined
  const [x, subtracted] = centred.inputs as readonly [string, string]
  const spread = site.producedBy(subtracted, 'Unsqueeze')
  const mean = site.producer(spread?.inputs[0] ?? subtracted)
  const isOfX = mean !== undefined && mean.inputs[0] === x && isPerChannelMean(mean, site)
  return isOfX ? x : undefined
}
