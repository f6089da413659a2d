import { describe, expect, it } from 'vitest'
import { countLooks, greedyRounds, planAblation } from './ablation-plan.ts'

const small = {
  ...{ filters: 6, available: 6000, fixedBatch: undefined },
  ...{ multiplyAdds: 3e5, multiplyAddsOnce: 1e5, bytes: 5000 },
}

/** A minute on two cores. */
const MOST = 1.2e12

it('looks at every number of filters of a small layer, on a thousand pictures', () => {
  const { batch, batches, kept, greedy } = planAblation(small)
  expect(batch * batches).toBe(1000)
  expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(greedy).toEqual({ batches: 3, candidates: 8, from: 6 })
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
  const large = { ...small, filters: 64, available: 50_000, multiplyAdds: 4e8, bytes: 800_000 }
  const { batch, batches, kept, greedy } = planAblation(large)
  const pictures = batch * batches
  expect(pictures * large.bytes).toBeLessThanOrEqual(256 * 2 ** 20)
  expect(pictures).toBeGreaterThanOrEqual(90)
  expect(4 * kept.length * pictures * large.multiplyAdds).toBeLessThanOrEqual(1.1 * MOST)
  expect(greedy?.from).toBeLessThan(64)
})

it('keeps one call short enough that it can be ended within a second', () => {
  for (const multiplyAdds of [1e6, 1e8, 5e9]) {
    for (const multiplyAddsOnce of [1e6, 1e9, 1.5e10]) {
      const { batch } = planAblation({ ...small, multiplyAdds, multiplyAddsOnce })
      if (batch > 1) expect(batch * Math.max(3 * multiplyAdds, multiplyAddsOnce)).toBeLessThanOrEqual(6e9)
    }
  }
})

it('keeps to the number of pictures that a network takes at once', () => {
  expect(planAblation({ ...small, fixedBatch: 1 })).toMatchObject({ batch: 1, batches: 1000 })
  expect(planAblation({ ...small, fixedBatch: 8, available: 3 })).toMatchObject({ batch: 8, batches: 1 })
})

describe('the greedy order', () => {
  const costOf = (size: typeof small) => {
    const { batch, kept, greedy } = planAblation(size)
    if (greedy === undefined) return 0
    const looks = greedyRounds(kept, greedy).reduce((sum, { tried }) => sum + tried, 0)
    return looks * greedy.batches * batch * size.multiplyAdds
  }

  it('takes no longer than a minute, however wide the layer and large the network', () => {
    for (const filters of [16, 64, 512, 2048]) {
      for (const multiplyAdds of [1e5, 1e7, 1e8, 1e9, 1e11]) {
        expect(costOf({ ...small, filters, multiplyAdds })).toBeLessThanOrEqual(MOST)
      }
    }
  })

  it('looks at fewer pictures first, then begins with fewer filters left, and is left out in the end', () => {
    const greedyAt = (multiplyAdds: number) => planAblation({ ...small, filters: 512, multiplyAdds }).greedy
    expect(greedyAt(1e6)).toMatchObject({ batches: 3, from: 512 })
    expect(greedyAt(5e6)).toMatchObject({ batches: 2, from: 512 })
    const bounded = greedyAt(1e8)
    expect(bounded?.from).toBeGreaterThan(8)
    expect(bounded?.from).toBeLessThan(100)
    expect(greedyAt(1e11)).toBeUndefined()
  })

  it('lets every filter go once', () => {
    for (const filters of [1, 2, 7, 33, 100, 512]) {
      const { kept, greedy } = planAblation({ ...small, filters, multiplyAdds: 1e7 })
      const rounds = greedyRounds(kept, greedy!)
      expect(rounds.reduce((sum, { going }) => sum + going, 0)).toBe(filters)
      expect(rounds.filter(({ left, tried }) => tried > left)).toEqual([])
      expect(rounds.filter(({ tried, going }) => tried > 0 && tried < going)).toEqual([])
    }
  })
})

it('counts the looks it comes to, with those of the greedy order', () => {
  // Shown at as much as it costs to look, and derived; none and all kept; five numbers between in four orders.
  const expected = 10 * (1 + 3 + 2 + 4 * 5) + 3 * (6 + 5 + 4 + 3 + 2)
  expect(countLooks(planAblation({ ...small, multiplyAddsOnce: small.multiplyAdds }))).toBe(expected)
  const dear = planAblation({ ...small, multiplyAddsOnce: 10 * small.multiplyAdds + 9e6 })
  expect(countLooks(dear)).toBe(expected + 10 * 9)
})
