import { describe, expect, it } from 'vitest'
import { fillWithDraws, normalNumbers } from './normals.ts'
import { randomStream } from './stream.ts'

function draw(count: number, ...key: (number | string)[]): Float64Array {
  const numbers = new Float32Array(count)
  fillWithDraws(numbers, normalNumbers(), randomStream(...key))
  return Float64Array.from(numbers)
}
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('draws of normal numbers', () => {
  const count = 200_000
  const values = draw(count, 5, 'normals')

  it('has the moments of the normal distribution, within five standard errors', () => {
    // Variances of the estimates of the moments 1 to 4: 1, 2, 15, 96 over the count.
    expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(1 / count))
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
    expect(Math.abs(mean(values.map((value) => value ** 3)))).toBeLessThan(5 * Math.sqrt(15 / count))
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / count))
  })

  it('has its quantiles: shares below −2, −1, 0, 1 and 2 of 0.0228, 0.1587, 0.5, 0.8413 and 0.9772', () => {
    const shares = [-2, -1, 0, 1, 2].map((bound) => mean(values.map((value) => (value < bound ? 1 : 0))))
    const expected = [0.02275, 0.15866, 0.5, 0.84134, 0.97725]
    for (const [at, share] of shares.entries()) expect(Math.abs(share - (expected[at] as number))).toBeLessThan(0.005)
  })

  it('has no correlation between numbers 1, 2, 3, 28 and 784 apart', () => {
    for (const lag of [1, 2, 3, 28, 784]) {
      const products = values.subarray(lag).map((value, at) => value * (values[at] as number))
      expect(Math.abs(mean(products)), `${lag} apart`).toBeLessThan(5 / Math.sqrt(count))
    }
  })

  it('depends on its stream alone, and differs from that of another key everywhere', () => {
    expect(draw(100, 5, 'normals')).toEqual(values.subarray(0, 100))
    const other = draw(count, 6, 'normals')
    const products = values.map((value, at) => value * (other[at] as number))
    expect(Math.abs(mean(products))).toBeLessThan(5 / Math.sqrt(count))
  })
})
