import { expect, it } from 'vitest'
import { randomStream } from '../random/stream.ts'
import { packWeights, unpackWeights } from './live-filters.ts'

it('keeps every weight to 1/65,534 of the largest of its filter, however small the filter is beside others', () => {
  const stream = randomStream('packed weights')
  const factors = [1, 1e-6, 1e4, 1e-36]
  const size = 3 * 5 * 5
  const data = Float32Array.from(
    { length: factors.length * size },
    (_, index) => (2 * stream.uniform() - 1) * (factors[Math.floor(index / size)] as number),
  )
  const { dims, data: back } = unpackWeights(packWeights({ dims: [factors.length, 3, 5, 5], data }))
  expect(dims).toEqual([factors.length, 3, 5, 5])
  for (const filter of factors.keys()) {
    const weights = [...data.subarray(filter * size, (filter + 1) * size)]
    const largest = Math.max(...weights.map(Math.abs))
    const worst = Math.max(
      ...weights.map((weight, index) => Math.abs(weight - (back[filter * size + index] as number))),
    )
    // Rounding to a code, and a little for the product as float32.
    expect(worst / largest).toBeLessThan(1.01 / 65_534)
    expect(worst).toBeGreaterThan(0)
  }
})

it('keeps zeros and the largest weights, and turns no sign', () => {
  const { data } = unpackWeights(packWeights({ dims: [2, 1, 1, 3], data: Float32Array.of(0, -2, 2, 0, 0, 0) }))
  expect([...data.slice(0, 3)].map(Math.fround)).toEqual([0, expect.closeTo(-2, 6), expect.closeTo(2, 6)])
  expect([...data.slice(3)]).toEqual([0, 0, 0])
  const small = Float32Array.of(1, -1e-5, -1e-7, 1e-5)
  const { data: back } = unpackWeights(packWeights({ dims: [1, 1, 2, 2], data: small }))
  small.forEach((weight, index) => expect(weight * (back[index] as number)).toBeGreaterThanOrEqual(0))
})

it.each([NaN, Infinity, -Infinity])('shows a filter that holds %s as NaN, and no other', (spoilt) => {
  const { data } = unpackWeights(packWeights({ dims: [2, 1, 1, 2], data: Float32Array.of(1, spoilt, 0.5, 1) }))
  expect([...data.slice(0, 2)]).toEqual([NaN, NaN])
  expect([...data.slice(2)]).toEqual([expect.closeTo(0.5, 4), expect.closeTo(1, 6)])
})
