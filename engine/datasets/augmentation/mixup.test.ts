import { describe, expect, it } from 'vitest'
import { drawMixture, mixPicture } from './mixup.ts'

describe('drawMixture', () => {
  it.each([0.1, 0.2, 1])('draws shares of Beta(α, α), α = %f, folded to the larger one', (alpha) => {
    const shares = Array.from({ length: 400 }, (_, step) => [...drawMixture(alpha, 3, step, 64).shares]).flat()
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.5)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
    // (share − ½)² is the same folded or not: its mean is the variance of Beta(α, α), 1 / (4 (2α + 1)).
    const squares = shares.map((share) => (share - 0.5) ** 2)
    const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length
    const spread = Math.sqrt(squares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / squares.length)
    expect(Math.abs(mean - 1 / (4 * (2 * alpha + 1)))).toBeLessThan((5 * spread) / Math.sqrt(squares.length))
  })

  it('gives every picture of the batch one partner that no other has, by seed and step', () => {
    const { partners } = drawMixture(0.4, 3, 8, 64)
    expect([...partners].toSorted((one, other) => one - other)).toEqual(Array.from({ length: 64 }, (_, at) => at))
    expect(drawMixture(0.4, 3, 8, 64)).toEqual(drawMixture(0.4, 3, 8, 64))
    expect(drawMixture(0.4, 3, 9, 64).partners).not.toEqual(partners)
    expect(drawMixture(0.4, 4, 8, 64).partners).not.toEqual(partners)
  })
})

describe('mixPicture', () => {
  it('rounds to the nearest value, and keeps what has all the share', () => {
    const picture = Uint8Array.of(0, 255, 10, 100)
    mixPicture(picture, Uint8Array.of(255, 0, 11, 100), 0.75)
    expect([...picture]).toEqual([64, 191, 10, 100])
    mixPicture(picture, Uint8Array.of(1, 2, 3, 4), 1)
    expect([...picture]).toEqual([64, 191, 10, 100])
  })
})
