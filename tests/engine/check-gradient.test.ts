import { describe, expect, it } from 'vitest'
import { rules } from '../../engine/autodiff/registry.ts'
import { type GradientRule, withRules } from '../../engine/autodiff/rule.ts'
import { type GradientCase, gradientError, gradientTolerance } from './check-gradient.ts'

const cases: readonly (GradientCase & { readonly wrongInput: number })[] = [
  {
    title: 'Conv by its input',
    opType: 'Conv',
    inputs: [{ dims: [2, 3, 7, 6] }, { dims: [4, 3, 3, 3] }, { dims: [4] }],
    attributes: { pads: [1, 1, 1, 1] },
    smoothness: 'linear',
    wrongInput: 0,
  },
  {
    title: 'Conv by its weights',
    opType: 'Conv',
    inputs: [{ dims: [2, 3, 7, 6] }, { dims: [4, 3, 3, 3] }, { dims: [4] }],
    smoothness: 'linear',
    wrongInput: 1,
  },
  {
    title: 'Gemm by its bias',
    opType: 'Gemm',
    inputs: [{ dims: [3, 4] }, { dims: [4, 5] }, { dims: [5] }],
    smoothness: 'linear',
    wrongInput: 2,
  },
  {
    title: 'MaxPool',
    opType: 'MaxPool',
    inputs: [{ dims: [2, 2, 7, 9], sample: 'separated' }],
    attributes: { kernel_shape: [3, 3], strides: [2, 2] },
    smoothness: 'piecewiseLinear',
    wrongInput: 0,
  },
  { title: 'Softmax', opType: 'Softmax', inputs: [{ dims: [4, 10] }], smoothness: 'smooth', wrongInput: 0 },
]

describe('the gradient checker', () => {
  it.each(cases)('finds a rule that is 1 % wrong: $title', async (testCase) => {
    expect(await gradientError(testCase)).toBeLessThan(gradientTolerance)
    const wrong = withRules(rules, onePercentOff(testCase.opType, testCase.wrongInput))
    expect(await gradientError(testCase, wrong)).toBeGreaterThan(10 * gradientTolerance)
  })

  it('finds a gradient that went to the wrong place', async () => {
    const swapped: GradientRule = {
      opType: 'Sub',
      keeps: { inputs: [], outputs: [] },
      gradient: (node, emit) => [emit.op('Neg', [node.outputGradient(0)]), node.outputGradient(0)],
    }
    const testCase: GradientCase = {
      title: 'Sub',
      opType: 'Sub',
      inputs: [{ dims: [3, 4] }, { dims: [3, 4] }],
      smoothness: 'linear',
    }
    expect(await gradientError(testCase, withRules(rules, swapped))).toBeGreaterThan(0.1)
  })
})

/** The registered rule with the gradient by one input made 1 % too large. */
function onePercentOff(opType: string, input: number): GradientRule {
  const rule = rules.differentiable.get(opType) as GradientRule
  return {
    ...rule,
    gradient: (node, emit) =>
      rule
        .gradient(node, emit)
        .map((gradient, index) =>
          gradient === undefined || index !== input ? gradient : emit.op('Mul', [gradient, emit.scalar(1.01)]),
        ),
  }
}
