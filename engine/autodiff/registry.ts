import type { GradientRule, RuleSet } from './rule.ts'
import { absRule } from './rules/abs.ts'
import { addRule } from './rules/add.ts'
import { averagePoolRule } from './rules/average-pool.ts'
import { batchNormalizationRule } from './rules/batch-normalization.ts'
import { castRule } from './rules/cast.ts'
import { clipRule } from './rules/clip.ts'
import { concatRule } from './rules/concat.ts'
import { convRule } from './rules/conv.ts'
import { divRule } from './rules/div.ts'
import { dropoutRule } from './rules/dropout.ts'
import { expRule } from './rules/exp.ts'
import { flattenRule } from './rules/flatten.ts'
import { gatherRule } from './rules/gather.ts'
import { gatherElementsRule } from './rules/gather-elements.ts'
import { gemmRule } from './rules/gemm.ts'
import { globalAveragePoolRule } from './rules/global-average-pool.ts'
import { identityRule } from './rules/identity.ts'
import { leakyReluRule } from './rules/leaky-relu.ts'
import { logRule } from './rules/log.ts'
import { logSoftmaxRule } from './rules/log-softmax.ts'
import { matMulRule } from './rules/mat-mul.ts'
import { maxRule } from './rules/max.ts'
import { maxPoolRule } from './rules/max-pool.ts'
import { minRule } from './rules/min.ts'
import { mulRule } from './rules/mul.ts'
import { negRule } from './rules/neg.ts'
import { powRule } from './rules/pow.ts'
import { reciprocalRule } from './rules/reciprocal.ts'
import { reduceMeanRule } from './rules/reduce-mean.ts'
import { reduceSumRule } from './rules/reduce-sum.ts'
import { reluRule } from './rules/relu.ts'
import { reshapeRule } from './rules/reshape.ts'
import { sigmoidRule } from './rules/sigmoid.ts'
import { softmaxRule } from './rules/softmax.ts'
import { sqrtRule } from './rules/sqrt.ts'
import { squeezeRule } from './rules/squeeze.ts'
import { subRule } from './rules/sub.ts'
import { sumRule } from './rules/sum.ts'
import { tanhRule } from './rules/tanh.ts'
import { transposeRule } from './rules/transpose.ts'
import { unsqueezeRule } from './rules/unsqueeze.ts'
import { whereRule } from './rules/where.ts'

const differentiable: readonly GradientRule[] = [
  absRule,
  addRule,
  averagePoolRule,
  batchNormalizationRule,
  castRule,
  clipRule,
  concatRule,
  convRule,
  divRule,
  dropoutRule,
  expRule,
  flattenRule,
  gatherRule,
  gatherElementsRule,
  gemmRule,
  globalAveragePoolRule,
  identityRule,
  leakyReluRule,
  logRule,
  logSoftmaxRule,
  matMulRule,
  maxRule,
  maxPoolRule,
  minRule,
  mulRule,
  negRule,
  powRule,
  reciprocalRule,
  reduceMeanRule,
  reduceSumRule,
  reluRule,
  reshapeRule,
  sigmoidRule,
  softmaxRule,
  sqrtRule,
  squeezeRule,
  subRule,
  sumRule,
  tanhRule,
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
