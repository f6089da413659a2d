import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { type Rating, areaInterval, areaUnderCurve, coinReaches, rocCurve, scoreGuesses } from './score-guesses.ts'

const ratings = (trained: readonly number[], noise: readonly number[]): Rating[] => [
  ...trained.map((score) => ({ isTrained: true, score })),
  ...noise.map((score) => ({ isTrained: false, score })),
]

describe('the curve of graded votes', () => {
  it('has a point for each grade given', () => {
    const points = rocCurve(ratings([4, 4, 3, 2], [4, 2, 1, 1]))
    expect(points).toEqual([
      { falseAlarms: 0, hits: 0 },
      { falseAlarms: 0.25, hits: 0.5 },
      { falseAlarms: 0.25, hits: 0.75 },
      { falseAlarms: 0.5, hits: 1 },
      { falseAlarms: 1, hits: 1 },
    ])
  })

  it('encloses the share of pairs in the right order, ties counted half', () => {
    // 16 pairs: 4 and 4 each beat 2, 1, 1 and tie with 4; 3 beats three; 2 beats two and ties with one.
    expect(areaUnderCurve(ratings([4, 4, 3, 2], [4, 2, 1, 1]))).toBe((3.5 + 3.5 + 3 + 2.5) / 16)
    expect(areaUnderCurve(ratings([4, 3], [2, 1]))).toBe(1)
    expect(areaUnderCurve(ratings([1, 1], [1, 1]))).toBe(0.5)
    expect(areaUnderCurve(ratings([1], [4]))).toBe(0)
  })

  it('has the area that its own trapezia have', () => {
    const rated = ratings([4, 3, 3, 2, 1, 4], [1, 2, 3, 1, 2])
    const points = rocCurve(rated)
    const area = points.slice(1).reduce((sum, point, index) => {
      const before = points[index] as (typeof points)[number]
      return sum + ((point.falseAlarms - before.falseAlarms) * (point.hits + before.hits)) / 2
    }, 0)
    expect(areaUnderCurve(rated)).toBeCloseTo(area, 12)
  })
})

describe('the interval of the area', () => {
  it('has the standard error of Hanley and McNeil', () => {
    // A = 3/4 with 9 and 11 ratings: Q1 = 3/5 and Q2 = 9/14.
    const { low, high } = areaInterval(0.75, 9, 11)
    expect((high - low) / (2 * 1.959964)).toBeCloseTo(Math.sqrt((3 / 16 + 8 * (3 / 5 - 9 / 16) + 45 / 56) / 99), 12)
    expect((high + low) / 2).toBeCloseTo(0.75, 12)
  })

  it('has the spread of the area where ratings are exponential, for which the formula is exact', () => {
    const random = randomStream(1, 'exponential')
    const draw = (mean: number) => -mean * Math.log(1 - random.uniform())
    const many = (count: number, mean: number) => Array.from({ length: count }, () => draw(mean))
    // A trained filter is rated higher with the chance 3 / (3 + 1).
    const games = 4000
    const areas = Array.from({ length: games }, () => areaUnderCurve(ratings(many(9, 3), many(11, 1))))
    const mean = areas.reduce((sum, area) => sum + area, 0) / games
    const deviation = Math.sqrt(areas.reduce((sum, area) => sum + (area - mean) ** 2, 0) / (games - 1))
    expect(Math.abs(mean - 0.75)).toBeLessThan((3 * deviation) / Math.sqrt(games))
    const { low } = areaInterval(0.75, 9, 11)
    // A deviation estimated from so many draws is itself uncertain by 1 part in √(2 · 4000).
    expect(Math.abs((0.75 - low) / 1.959964 - deviation)).toBeLessThan((3 * deviation) / Math.sqrt(2 * games))
  })

  it('stays within 0 and 1', () => {
    expect(areaInterval(0.97, 10, 10).high).toBe(1)
    expect(areaInterval(1, 10, 10)).toEqual({ low: 1, high: 1 })
    expect(areaInterval(0.02, 10, 10).low).toBe(0)
  })
})

describe('a coin', () => {
  it('reaches 14 of 20 in 6 of 100 games', () => {
    // The number of ways to choose 14 to 20 of 20 is 60,460.
    expect(coinReaches(14, 20)).toBeCloseTo(60_460 / 2 ** 20, 12)
    expect(coinReaches(0, 20)).toBe(1)
    expect(coinReaches(20, 20)).toBeCloseTo(2 ** -20, 12)
    expect(coinReaches(10, 20)).toBeGreaterThan(0.5)
  })
})

it('counts what is right at the threshold', () => {
  expect(scoreGuesses(ratings([4, 3, 2], [3, 1]), 3)).toMatchObject({ right: 3, area: (2 + 1.5 + 1) / 6 })
})
