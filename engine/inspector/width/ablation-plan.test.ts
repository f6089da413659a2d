import { expect, it } from 'vitest'
import { planAblation } from './ablation-plan.ts'

const small = { filters: 6, available: 6000, fixedBatch: undefined, multiplyAdds: 3e5, bytes: 5000 }

it('looks at every number of filters of a small layer, on a thousand pictures', () => {
  const { batch, batches, kept, greedy } = planAblation(small)
  expect(batch * batches).toBe(1000)
  expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(greedy).toEqual({ batches: 3, candidates: 8 })
})

it('takes every picture of a small split, in batches of one size', () => {
  for (const available of [1, 7, 99, 101, 170, 999]) {
    const { batch, batches } = planAblation({ ...small, available })
    expect(batch * batches).toBeLessThanOrEqual(available)
    expect(batch * batches).toBeGreaterThan(available - batches)
    expect(batch).toBeLessThanOrEqual(100)
  }
})

it('passes numbers over in a wide layer, from none to all, each once', () => {
  const { kept } = planAblation({ ...small, filters: 512 })
  expect(kept.length).toBeLessThanOrEqual(33)
  expect(kept[0]).toBe(0)
  expect(kept.at(-1)).toBe(512)
  expect(new Set(kept).size).toBe(kept.length)
  expect([...kept].sort((one, other) => one - other)).toEqual(kept)
})

it('stays within its memory and its time in a large network', () => {
  const large = { filters: 64, available: 50_000, fixedBatch: undefined, multiplyAdds: 4e8, bytes: 800_000 }
  const { batch, batches, kept, greedy } = planAblation(large)
  const pictures = batch * batches
  expect(pictures * large.bytes).toBeLessThanOrEqual(256 * 2 ** 20)
  expect(pictures).toBeGreaterThanOrEqual(90)
  expect(4 * kept.length * pictures * large.multiplyAdds).toBeLessThanOrEqual(1.3e12)
  expect(greedy).toBeUndefined()
})

it('keeps to the number of pictures that a network takes at once', () => {
  expect(planAblation({ ...small, fixedBatch: 1 })).toMatchObject({ batch: 1, batches: 1000 })
  expect(planAblation({ ...small, fixedBatch: 8, available: 3 })).toMatchObject({ batch: 8, batches: 1 })
})
