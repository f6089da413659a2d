import type { GradientRule, RuleSet } from './rule.ts'
import { absRule } from './rules/abs.ts'
import { addRule } from './rules/add.ts'
import { averagePoolRule } from './rules/average-pool.ts'
import { batchNormalizationRule } from './rules/batch-normalization.ts'
import { castLikeRule } from './rules/cast-like.ts'
import { castRule } from './rules/cast.ts'
import { celuRule } from './rules/celu.ts'
import { clipRule } from './rules/clip.ts'
import { concatRule } from './rules/concat.ts'
import { convTransposeRule } from './rules/conv-transpose.ts'
import { convRule } from './rules/conv.ts'
import { depthToSpaceRule } from './rules/depth-to-space.ts'
import { divRule } from './rules/div.ts'
import { dropoutRule } from './rules/dropout.ts'
import { einsumRule } from './rules/einsum.ts'
import { eluRule } from './rules/elu.ts'
import { erfRule } from './rules/erf.ts'
import { expRule } from './rules/exp.ts'
import { expandRule } from './rules/expand.ts'
import { flattenRule } from './rules/flatten.ts'
import { gatherElementsRule } from './rules/gather-elements.ts'
import { gatherRule } from './rules/gather.ts'
import { gemmRule } from './rules/gemm.ts'
import { globalAveragePoolRule } from './rules/global-average-pool.ts'
import { globalLpPoolRule } from './rules/global-lp-pool.ts'
import { globalMaxPoolRule } from './rules/global-max-pool.ts'
import { groupNormalizationRule } from './rules/group-normalization.ts'
import { hardSigmoidRule } from './rules/hard-sigmoid.ts'
import { hardSwishRule } from './rules/hard-swish.ts'
import { identityRule } from './rules/identity.ts'
import { instanceNormalizationRule } from './rules/instance-normalization.ts'
import { layerNormalizationRule } from './rules/layer-normalization.ts'
import { leakyReluRule } from './rules/leaky-relu.ts'
import { logSoftmaxRule } from './rules/log-softmax.ts'
import { logRule } from './rules/log.ts'
import { lpPoolRule } from './rules/lp-pool.ts'
import { lrnRule } from './rules/lrn.ts'
import { matMulRule } from './rules/mat-mul.ts'
import { maxPoolRule } from './rules/max-pool.ts'
import { maxRule } from './rules/max.ts'
import { meanRule } from './rules/mean.ts'
import { minRule } from './rules/min.ts'
import { mishRule } from './rules/mish.ts'
import { mulRule } from './rules/mul.ts'
import { negRule } from './rules/neg.ts'
import { pReluRule } from './rules/p-relu.ts'
import { padRule } from './rules/pad.ts'
import { powRule } from './rules/pow.ts'
import { reciprocalRule } from './rules/reciprocal.ts'
import { reduceL1Rule } from './rules/reduce-l1.ts'
import { reduceL2Rule } from './rules/reduce-l2.ts'
import { reduceLogSumExpRule } from './rules/reduce-log-sum-exp.ts'
import { reduceLogSumRule } from './rules/reduce-log-sum.ts'
import { reduceMaxRule } from './rules/reduce-max.ts'
import { reduceMeanRule } from './rules/reduce-mean.ts'
import { reduceMinRule } from './rules/reduce-min.ts'
import { reduceProdRule } from './rules/reduce-prod.ts'
import { reduceSumSquareRule } from './rules/reduce-sum-square.ts'
import { reduceSumRule } from './rules/reduce-sum.ts'
import { reluRule } from './rules/relu.ts'
import { reshapeRule } from './rules/reshape.ts'
import { resizeRule } from './rules/resize.ts'
import { seluRule } from './rules/selu.ts'
import { sigmoidRule } from './rules/sigmoid.ts'
import { sliceRule } from './rules/slice.ts'
import { softmaxRule } from './rules/softmax.ts'
import { softplusRule } from './rules/softplus.ts'
import { softsignRule } from './rules/softsign.ts'
import { spaceToDepthRule } from './rules/space-to-depth.ts'
import { splitRule } from './rules/split.ts'
import { sqrtRule } from './rules/sqrt.ts'
import { squeezeRule } from './rules/squeeze.ts'
import { subRule } from './rules/sub.ts'
import { sumRule } from './rules/sum.ts'
import { tanhRule } from './rules/tanh.ts'
import { thresholdedReluRule } from './rules/thresholded-relu.ts'
import { tileRule } from './rules/tile.ts'
import { transposeRule } from './rules/transpose.ts'
import { unsqueezeRule } from './rules/unsqueeze.ts'
import { whereRule } from './rules/where.ts'

const differentiable: readonly GradientRule[] = [
  absRule,
  addRule,
  averagePoolRule,
  batchNormalizationRule,
  castLikeRule,
  castRule,
  celuRule,
  clipRule,
  concatRule,
  convTransposeRule,
  convRule,
  depthToSpaceRule,
  divRule,
  dropoutRule,
  einsumRule,
  eluRule,
  erfRule,
  expRule,
  expandRule,
  flattenRule,
  gatherElementsRule,
  gatherRule,
  gemmRule,
  globalAveragePoolRule,
  globalLpPoolRule,
  globalMaxPoolRule,
  groupNormalizationRule,
  hardSigmoidRule,
  hardSwishRule,
  identityRule,
  instanceNormalizationRule,
  layerNormalizationRule,
  leakyReluRule,
  logSoftmaxRule,
  logRule,
  lpPoolRule,
  lrnRule,
  matMulRule,
  maxPoolRule,
  maxRule,
  meanRule,
  minRule,
  mishRule,
  mulRule,
  negRule,
  pReluRule,
  padRule,
  powRule,
  reciprocalRule,
  reduceL1Rule,
  reduceL2Rule,
  reduceLogSumExpRule,
  reduceLogSumRule,
  reduceMaxRule,
  reduceMeanRule,
  reduceMinRule,
  reduceProdRule,
  reduceSumSquareRule,
  reduceSumRule,
  reluRule,
  reshapeRule,
  resizeRule,
  seluRule,
  sigmoidRule,
  sliceRule,
  softmaxRule,
  softplusRule,
  softsignRule,
  spaceToDepthRule,
  splitRule,
  sqrtRule,
  squeezeRule,
  subRule,
  sumRule,
  tanhRule,
  thresholdedReluRule,
  tileRule,
  transposeRule,
  unsqueezeRule,
  whereRule,
]

/** Piecewise constant, random, or about shapes and indices: the gradient is zero or does not exist, and none passes. */
const withoutGradient: readonly string[] = [
  ...['And', 'Or', 'Not', 'Xor', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'IsInf', 'IsNaN'],
  ...['ArgMax', 'ArgMin', 'NonZero', 'OneHot', 'Shape', 'Size', 'Range', 'EyeLike'],
  ...['Ceil', 'Floor', 'Round', 'Sign'],
  ...['Constant', 'ConstantOfShape'],
  ...['Bernoulli', 'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'],
]

/** Every operator the engine differentiates, and those that cut a gradient. Adding an operator adds a line above. */
export const rules: RuleSet = {
  differentiable: new Map(differentiable.map((rule) => [rule.opType, rule])),
  withoutGradient: new Set(withoutGradient),
}
