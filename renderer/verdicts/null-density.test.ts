import { describe, expect, it } from 'vitest'
import { PROBABILITIES } from '../../engine/protocol/verdicts.ts'
import { normalQuantile, nullDensity, quantileAt } from './null-density.ts'

/** Area under the density over its axis, in units of its highest point. */
function areaOf(points: readonly { value: number; height: number }[], from = -Infinity, to = Infinity): number {
  return points.slice(1).reduce((sum, point, index) => {
    const before = points[index] as (typeof points)[number]
    const middle = (point.value + before.value) / 2
    if (middle < from || middle > to) return sum
    return sum + ((point.height + before.height) / 2) * (point.value - before.value)
  }, 0)
}

describe('the density behind quantiles', () => {
  it('is the bell of a normal distribution', () => {
    const points = nullDensity(
      PROBABILITIES,
      PROBABILITIES.map((p) => 5 + 2 * normalQuantile(p)),
    )
    for (const { value, height } of points) expect(height).toBeCloseTo(Math.exp(-(((value - 5) / 2) ** 2) / 2), 2)
  })

  it('is highest at zero for an exponential distribution and falls from there', () => {
    const points = nullDensity(
      PROBABILITIES,
      PROBABILITIES.map((p) => -Math.log(1 - p)),
    )
    for (const { value, height } of points.filter((point) => point.value > 0.05 && point.value < 3.5)) {
      expect(height / Math.exp(-value)).toBeGreaterThan(0.75)
      expect(height / Math.exp(-value)).toBeLessThan(1.25)
    }
  })

  it('holds between two quantiles the share of their probabilities', () => {
    const quantiles = PROBABILITIES.map((p) => Math.exp(0.6 * normalQuantile(p)))
    const points = nullDensity(PROBABILITIES, quantiles)
    const whole = areaOf(points)
    const [low, high] = [quantileAt(PROBABILITIES, quantiles, 0.2), quantileAt(PROBABILITIES, quantiles, 0.7)]
    expect(areaOf(points, low, high) / whole).toBeCloseTo(0.5 / 0.998, 1)
  })

  it('stays finite where many draws were equal, and is nothing where all were', () => {
    const tied = PROBABILITIES.map((p) => (p < 0.4 ? 0 : p - 0.4))
    const points = nullDensity(PROBABILITIES, tied)
    expect(points.every(({ value, height }) => Number.isFinite(value) && height >= 0 && height <= 1)).toBe(true)
    expect(points.map(({ value }) => value)).toEqual(points.map(({ value }) => value).toSorted((a, b) => a - b))
    expect(nullDensity(PROBABILITIES, new Array<number>(19).fill(3))).toEqual([])
  })

  it('knows the quantiles of the normal distribution', () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 8)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6)
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 6)
  })
})
