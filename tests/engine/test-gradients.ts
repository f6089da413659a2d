import { describe, expect, it } from 'vitest'
import { type GradientCase, gradientError, gradientTolerance } from './check-gradient.ts'

/** One test per case: the rule of `opType` against the real runtime along a random direction. */
export function testGradients(opType: string, cases: readonly Omit<GradientCase, 'opType'>[]): void {
  describe(`gradient of ${opType}`, () => {
    it.each(cases)('$title', async (testCase) => {
      expect(await gradientError({ ...testCase, opType })).toBeLessThan(gradientTolerance)
    })
  })
}
