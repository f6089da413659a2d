import { describe, expect, it } from 'vitest'
import { decimate, smoothValues } from './curve-points.ts'
import { PointSeries } from './point-series.ts'

describe('PointSeries', () => {
  it('grows past its first room and keeps order', () => {
    const series = new PointSeries()
    for (let step = 1; step <= 5000; step++) series.push(step, step / 10)
    expect(series.length).toBe(5000)
    expect(series.steps[4999]).toBe(5000)
    expect(series.values[4999]).toBeCloseTo(500)
    expect(series.indexAt(2000)).toBe(1999)
    expect(series.indexAt(9000)).toBe(5000)
  })

  it('forgets what came after the step a run continues from', () => {
    const series = new PointSeries()
    ;[1, 2, 3, 4, 5].forEach((step) => series.push(step, step))
    series.push(3, 30)
    expect([...series.steps]).toEqual([1, 2, 3])
    expect(series.last()).toEqual({ step: 3, value: 30 })
  })

  it('finds the nearest point', () => {
    const series = new PointSeries()
    ;[10, 20, 30].forEach((step) => series.push(step, step))
    expect(series.nearest(14)?.step).toBe(10)
    expect(series.nearest(26)?.step).toBe(30)
    expect(series.nearest(-5)?.step).toBe(10)
    expect(new PointSeries().nearest(1)).toBeUndefined()
  })
})

describe('smoothValues', () => {
  it('keeps a constant constant from the first value on', () => {
    expect([...smoothValues(new Float32Array(20).fill(2.5), 0.9)]).toEqual(new Array(20).fill(2.5))
  })

  it('passes over what is not a number', () => {
    const smoothed = smoothValues(Float32Array.of(1, NaN, 1), 0.5)
    expect([...smoothed]).toEqual([1, 1, 1])
  })

  it('weighs the newest value with 1 − weight once it has settled', () => {
    const values = new Float32Array(200)
    values[199] = 1
    expect(smoothValues(values, 0.75)[199]).toBeCloseTo(0.25, 5)
  })
})

describe('decimate', () => {
  const steps = Float64Array.from({ length: 10_000 }, (_, index) => index + 1)

  it('keeps every spike of a long run', () => {
    const values = new Float32Array(10_000).fill(1)
    values[1234] = 50
    values[7777] = -50
    const points = decimate(steps, values, 0, 10_000, 200)
    expect(points.length).toBeLessThanOrEqual(402)
    expect(points).toContainEqual({ x: 1235, y: 50 })
    expect(points).toContainEqual({ x: 7778, y: -50 })
    expect(points[0]?.x).toBe(1)
    expect(points.at(-1)?.x).toBe(10_000)
  })

  it('stays in order and inside the asked part', () => {
    const values = Float32Array.from(steps, (step) => Math.sin(step))
    const points = decimate(steps, values, 100, 5000, 50)
    for (let index = 1; index < points.length; index++) {
      expect(points[index]?.x).toBeGreaterThan(points[index - 1]?.x ?? Infinity)
    }
    expect(points[0]?.x).toBe(101)
    expect(points.at(-1)?.x).toBe(5000)
  })

  it('leaves short curves as they are', () => {
    expect(decimate(steps, new Float32Array(10_000), 5, 9, 10).map((point) => point.x)).toEqual([6, 7, 8, 9])
  })
})
