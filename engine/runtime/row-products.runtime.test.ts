import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RuntimeRowProducts, createRowProducts } from './row-products.ts'

let products: RuntimeRowProducts
beforeAll(async () => {
  products = await createRowProducts()
})
afterAll(() => products.release())

it('multiplies rows of any number and length with one another', async () => {
  expect([...(await products.compute(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3))]).toEqual([14, 32, 32, 77])
  expect([...(await products.compute(Float64Array.of(1, 2, -3), 3, 1))]).toEqual([1, 2, -3, 2, 4, -6, -3, -6, 9])
})
