import { expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { NullLibrary } from '../nulls/null-library.ts'
import { plainRowProducts } from '../statistics/inner-product.ts'
import { symmetricEigenvalues } from '../statistics/symmetric-eigen.ts'
import { scaleRows } from './channel-scaling.ts'
import { effectiveRank, effectiveRankNull } from './effective-rank.ts'

it.each([
  [100, 150],
  [128, 512],
  [100, 100],
])('knows by formula what %d random directions in %d dimensions span', async (count, length) => {
  const stream = randomStream('rank', count, length)
  const ranks = Array.from({ length: 100 }, () => {
    const rows = Float64Array.from({ length: count * length }, () => stream.normal())
    scaleRows(rows, count, length)
    return effectiveRank(symmetricEigenvalues(plainRowProducts(rows, count, length), count))
  })
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / (ranks.length - 1))
  const formula = await effectiveRankNull(new NullLibrary(), count, length)
  const reach = formula.quantile(0.975) - formula.quantile(0.025)
  // The mean of the draws is itself off by a twentieth of a percent, their deviation by 7 percent.
  expect(Math.abs(mean / formula.quantile(0.5) - 1)).toBeLessThan(0.0025)
  expect((3.92 * deviation) / reach).toBeGreaterThan(0.7)
  expect((3.92 * deviation) / reach).toBeLessThan(1.4)
})
