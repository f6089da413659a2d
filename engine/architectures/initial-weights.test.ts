import { describe, expect, it } from 'vitest'
import { randomStream } from '../random/stream.ts'
import { initialWeights } from './initial-weights.ts'

describe('initialWeights', () => {
  const dims = [64, 32, 5, 5]
  const cases = [
    { initializer: 'heNormal', variance: 2 / (32 * 25) },
    { initializer: 'heUniform', variance: 2 / (32 * 25) },
    { initializer: 'glorotNormal', variance: 2 / (32 * 25 + 64 * 25) },
    { initializer: 'glorotUniform', variance: 2 / (32 * 25 + 64 * 25) },
  ] as const

  it.each(cases)('$initializer has mean 0 and the variance of its paper', ({ initializer, variance }) => {
    const data = initialWeights(dims, initializer, randomStream(1, initializer)).data as Float32Array
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length
    const measured = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length
    // 51,200 draws: five standard errors of the mean and of the variance.
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / data.length))
    expect(Math.abs(measured / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / data.length))
    const bound = Math.sqrt(3 * variance)
    const outside = data.some((value) => Math.abs(value) > bound * 1.0001)
    expect(outside).toBe(initializer.endsWith('Normal'))
  })

  it('gives the same weights for the same seed and others for another', () => {
    const draw = (seed: number) => initialWeights(dims, 'heNormal', randomStream(seed, 'weights', 'conv1')).data
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })
})
