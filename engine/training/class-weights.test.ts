import { expect, it } from 'vitest'
import { balancedClassWeights } from './class-weights.ts'

it('weighs classes by n / (k · n_c), as scikit-learn does for 6, 3 and 1 pictures of three classes', () => {
  const weights = balancedClassWeights([6, 3, 1])
  expect(weights.map((weight) => weight.toFixed(12))).toEqual(
    [10 / 18, 10 / 9, 10 / 3].map((weight) => weight.toFixed(12)),
  )
  expect(balancedClassWeights([5, 5])).toEqual([1, 1])
})

it('leaves a class without training pictures out of the account', () => {
  expect(balancedClassWeights([6, 0, 2])).toEqual([8 / 12, 1, 8 / 4])
})
