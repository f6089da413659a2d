import { expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { type MaskedAnswers, estimateKnee } from './knee.ts'

/** So many of 1,000 pictures right, the same ones first. */
const answers = (kept: number, right: number): MaskedAnswers => {
  return { kept, correct: Uint8Array.from({ length: 1000 }, (_, picture) => (picture < right ? 1 : 0)) }
}

it('is the smallest number kept that holds 99 % of the accuracy with all', () => {
  const curve = [answers(0, 100), answers(1, 500), answers(2, 890), answers(3, 891), answers(4, 900)]
  expect(estimateKnee(curve, randomStream(1)).kept).toBe(3)
})

it('does not move for a dip behind it', () => {
  const curve = [answers(0, 100), answers(1, 950), answers(2, 700), answers(3, 950)]
  expect(estimateKnee(curve, randomStream(1)).kept).toBe(1)
})

it('has a range where resampled pictures do not agree, and none where they must', () => {
  const near = [answers(0, 100), ...[1, 2, 3, 4, 5, 6].map((kept) => answers(kept, 888 + kept)), answers(7, 900)]
  const { low, high } = estimateKnee(near, randomStream(1))
  expect(high - low).toBeGreaterThanOrEqual(1)
  const far = [answers(0, 100), answers(1, 899), answers(2, 900)]
  expect(estimateKnee(far, randomStream(1))).toEqual({ kept: 1, low: 1, high: 1 })
})
