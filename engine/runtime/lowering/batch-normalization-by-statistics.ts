import { floatAttribute } from '../../onnx/graph.ts'
import { emitRunning, isTrainingNormalization } from './batch-normalization.ts'
import type { Rewrite } from './rewrite.ts'

/**
 * Batch normalisation in training form as its parts, for providers that know the inference form only:
 * y = (x − m) · scale / √(v + ε) + shift, m and v the batch's mean and biased variance.
 */
export const batchNormalizationByStatistics: Rewrite = {
  apply(node, site) {
    if (!isTrainingNormalization(node)) return false
    const [x, scale, shift] = node.inputs as readonly [string, string, string]
    const rank = site.dims(x)?.length
    if (rank === undefined) return false
    const others = site.ints(Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1))
    const onesBehind = Array<number>(Math.max(0, rank - 2)).fill(1)
    const perChannel = (vector: string) => site.op('Reshape', [vector, site.ints([1, -1, ...onesBehind])])
    const flat = (tensor: string) => site.op('Reshape', [tensor, site.ints([-1])])
    const mean = site.op('ReduceMean', [x, others])
    const centred = site.op('Sub', [x, mean])
    const variance = site.op('ReduceMean', [site.op('Mul', [centred, centred]), others])
    const stabilised = site.op('Add', [variance, site.scalar(floatAttribute(node, 'epsilon', 1e-5))])
    const factor = site.op('Div', [perChannel(scale), site.op('Sqrt', [stabilised])])
    emitRunning(node, 1, flat(mean), site)
    emitRunning(node, 2, flat(variance), site)
    return site.replaceBy('Add', [site.op('Mul', [centred, factor]), perChannel(shift)])
  },
}
