import { describe, expect, it } from 'vitest'
import {
  formatValue,
  largestMagnitude,
  roundUpToPreferred,
  shareOnScale,
  sharedSignedScale,
  sharedUnsignedScale,
  valueRange,
} from './value-scale.ts'

describe('roundUpToPreferred', () => {
  it.each([
    [0.083, 0.1],
    [0.1, 0.1],
    [1.01, 1.25],
    [3.2, 4],
    [9.5, 10],
    [730, 800],
    [0, 0],
    [NaN, 0],
  ])('takes %s to %s', (value, expected) => {
    expect(roundUpToPreferred(value)).toBe(expected)
  })

  it('never leaves a value outside', () => {
    for (let value = 0.0013; value < 900; value *= 1.07) {
      expect(roundUpToPreferred(value)).toBeGreaterThanOrEqual(value * (1 - 1e-6))
      expect(roundUpToPreferred(value)).toBeLessThan(value * 1.3)
    }
  })
})

describe('ranges', () => {
  it('skip what is not a number', () => {
    const values = Float32Array.of(1, NaN, -3, Infinity)
    expect(largestMagnitude(values)).toBe(3)
    expect(valueRange(values)).toEqual({ from: -3, to: 1 })
  })

  it('look only at the part that is asked for', () => {
    expect(largestMagnitude(Float32Array.of(9, 1, -2, 9), 1, 2)).toBe(2)
  })

  it('are symmetric around 0 for weights', () => {
    expect(sharedSignedScale(Float32Array.of(0.1, -0.45))).toEqual({ from: -0.5, to: 0.5 })
  })

  it('begin at 0 for activations unless some are negative', () => {
    expect(sharedUnsignedScale(Float32Array.of(0.4, 2.1))).toEqual({ from: 0, to: 2.5 })
    expect(sharedUnsignedScale(Float32Array.of(-0.4, 2.1))).toEqual({ from: -0.4, to: 2.5 })
  })
})

it('places values on a scale and clips them', () => {
  expect(shareOnScale(0, { from: -2, to: 2 })).toBe(0.5)
  expect(shareOnScale(5, { from: -2, to: 2 })).toBe(1)
  expect(shareOnScale(5, { from: 0, to: 0 })).toBe(0.5)
})

it.each([
  [0.12345, '0.123'],
  [-0.5, '−0.500'],
  [0, '0'],
  [1234.5, '1235'],
  [0.00001234, '1.23e-5'],
  [NaN, 'NaN'],
  [-Infinity, '−∞'],
])('writes %s as %s', (value, expected) => {
  expect(formatValue(value)).toBe(expected)
})
