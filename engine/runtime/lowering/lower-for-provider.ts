import type { Graph } from '../../onnx/graph.ts'
import type { ProviderName } from '../../protocol/settings.ts'
import { batchNormalizationBatchLast } from './batch-normalization-batch-last.ts'
import { batchNormalizationByStatistics } from './batch-normalization-by-statistics.ts'
import { batchNormalizationOnOwnConstants } from './batch-normalization-on-own-constants.ts'
import { batchStatisticsOnce } from './batch-statistics-once.ts'
import { concatBatchLast, expandBatchLast, globalAveragePoolBatchLast, sliceBatchLast } from './channels-batch-last.ts'
import { convBatchLast } from './conv-batch-last.ts'
import { convInputByConv } from './conv-input-by-conv.ts'
import { convWeightByMatmul } from './conv-weight-by-matmul.ts'
import { convWeightByMergedWidth } from './conv-weight-by-merged-width.ts'
import { convWeightByPatches } from './conv-weight-by-patches.ts'
import { convWeightOfFewChannels } from './conv-weight-of-few-channels.ts'
import { dropUnreadIndices } from './drop-unread-indices.ts'
import { elementwiseBatchLast } from './elementwise-batch-last.ts'
import { maxPoolBatchLast, maxPoolGradientBatchLast } from './max-pool-batch-last.ts'
import { maxPoolGradientByMasks } from './max-pool-gradient-by-masks.ts'
import { reluBehindMaxPool } from './relu-behind-max-pool.ts'
import { reluGradientBeforeMaxPool } from './relu-gradient-before-max-pool.ts'
import { reluGradientByProduct } from './relu-gradient-by-product.ts'
import type { Rewrite } from './rewrite.ts'
import { rewriteGraph } from './rewrite-graph.ts'
import { scalarOnFlat } from './scalar-on-flat.ts'
import { sumBatchLast } from './sum-batch-last.ts'

/**
 * In this order: each pass may match what an earlier one left.
 * Tried without gain: convolutions by the rows of their kernel (64 to 16 channels alone 0.6 times as long, but SqueezeNet
 * 172 ms a step instead of 170); convolutions by two rows of output at a time; the gradient of batch normalisation as one
 * affine map and one sum (ResNet-20 84.4 ms instead of 84.8).
 */
const cpuPasses: readonly (readonly Rewrite[])[] = [
  [batchNormalizationOnOwnConstants],
  [batchStatisticsOnce],
  [reluGradientBeforeMaxPool],
  [reluBehindMaxPool],
  [reluGradientByProduct, convInputByConv],
  [
    convWeightByMatmul,
    convWeightOfFewChannels,
    convWeightByPatches,
    convWeightByMergedWidth,
    convBatchLast,
    maxPoolBatchLast,
    maxPoolGradientBatchLast,
    batchNormalizationBatchLast,
    sumBatchLast,
    concatBatchLast,
    sliceBatchLast,
    globalAveragePoolBatchLast,
    expandBatchLast,
    elementwiseBatchLast,
  ],
  [dropUnreadIndices, scalarOnFlat],
]

/** Forms that every provider has: WebGPU's pools give no Indices, and some know no batch normalisation in training form. */
const portablePasses: readonly (readonly Rewrite[])[] = [
  [batchNormalizationByStatistics],
  [reluGradientBeforeMaxPool],
  [reluBehindMaxPool],
  [maxPoolGradientByMasks, reluGradientByProduct],
  [dropUnreadIndices],
]

const passes: Readonly<Record<ProviderName, readonly (readonly Rewrite[])[]>> = {
  cpu: cpuPasses,
  webgpu: portablePasses,
  cuda: portablePasses,
  dml: portablePasses,
  coreml: portablePasses,
}

/**
 * The same computation in the operators that a provider runs fastest, or at all; names of inputs and outputs stay.
 * It reads the forms the gradient rules emit, so it must see the step before steps are fused into a loop.
 */
export function lowerForProvider(graph: Graph, provider: ProviderName): Graph {
  return passes[provider].reduce(rewriteGraph, graph)
}
