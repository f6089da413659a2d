import { describe, expect, it } from 'vitest'
import { balancedOrder, createSampleOrder, epochOrder } from './sample-order.ts'

/** 60 pictures of class 0, 9 of class 2, 3 of class 3; none of class 1. */
const labels = Uint16Array.from([
  ...Array<number>(60).fill(0),
  ...Array<number>(9).fill(2),
  ...Array<number>(3).fill(3),
])
const count = 64

function perClass(indices: Uint32Array): number[] {
  const counts = [0, 0, 0, 0]
  for (const index of indices) counts[labels[index] as number]!++
  return counts
}

describe('balancedOrder', () => {
  it('draws every class that has pictures equally often, give or take two an epoch and one in all', () => {
    const total = [0, 0, 0, 0]
    for (let epoch = 0; epoch < 7; epoch++) {
      const counts = perClass(balancedOrder(labels, 5, epoch, count))
      for (const [label, drawn] of counts.entries()) total[label]! += drawn
      expect(counts[1]).toBe(0)
      const present = [counts[0]!, counts[2]!, counts[3]!]
      expect(Math.max(...present) - Math.min(...present)).toBeLessThanOrEqual(2)
    }
    expect(Math.max(total[0]!, total[2]!, total[3]!) - Math.min(total[0]!, total[2]!, total[3]!)).toBeLessThanOrEqual(1)
    expect(total.reduce((sum, drawn) => sum + drawn)).toBe(7 * count)
  })

  it('draws every class in every batch that has room for it', () => {
    const order = balancedOrder(labels, 5, 3, count)
    for (let start = 0; start + 8 <= count; start += 8) {
      const [first, , third, fourth] = perClass(order.subarray(start, start + 8))
      expect(Math.min(first!, third!, fourth!)).toBeGreaterThanOrEqual(1)
    }
  })

  it('shows each picture of a class once before any of them again, across epochs too', () => {
    const epochs = [0, 1, 2, 3].flatMap((epoch) => [...balancedOrder(labels, 5, epoch, count)])
    for (const [label, size] of [
      [0, 60],
      [2, 9],
      [3, 3],
    ] as const) {
      const drawn = epochs.filter((index) => labels[index] === label)
      expect(drawn.length).toBeGreaterThan(size)
      for (let start = 0; start + size <= drawn.length; start += size) {
        expect(new Set(drawn.slice(start, start + size)).size, `class ${label} from ${start}`).toBe(size)
      }
      expect(drawn.slice(0, size)).not.toEqual(drawn.slice(size, 2 * size))
    }
  })

  it('is a pure function of seed and epoch', () => {
    expect(balancedOrder(labels, 5, 2, count)).toEqual(balancedOrder(labels, 5, 2, count))
    expect(balancedOrder(labels, 6, 2, count)).not.toEqual(balancedOrder(labels, 5, 2, count))
    expect(balancedOrder(labels, 5, 3, count)).not.toEqual(balancedOrder(labels, 5, 2, count))
  })

  it('spreads classes over the batches where a batch has not room for all of them', () => {
    const many = Uint16Array.from({ length: 120 }, (_, position) => position % 40)
    const order = createSampleOrder(many, { batchSize: 16, stepsPerEpoch: 5, seed: 1, isBalanced: true })
    const partners = new Set<number>()
    for (let step = 0; step < 40; step++) {
      const classes = [...order(step)].map((index) => many[index] as number)
      if (classes.includes(0)) for (const label of classes) partners.add(label)
    }
    expect(partners.size).toBe(40)
  })
})

describe('createSampleOrder', () => {
  it('gives the batches of an epoch one after the other', () => {
    const options = { batchSize: 16, stepsPerEpoch: 4, seed: 9 }
    const order = createSampleOrder(labels, options)
    const balanced = createSampleOrder(labels, { ...options, isBalanced: true })
    const epoch = (take: (step: number) => Uint32Array) => [4, 5, 6, 7].flatMap((step) => [...take(step)])
    expect(epoch(order)).toEqual([...epochOrder(9, 1, 72).subarray(0, 64)])
    expect(epoch(balanced)).toEqual([...balancedOrder(labels, 9, 1, 64)])
  })

  it('shuffles each epoch anew, by the seed', () => {
    expect(epochOrder(1, 0, 50)).toEqual(epochOrder(1, 0, 50))
    expect(epochOrder(1, 1, 50)).not.toEqual(epochOrder(1, 0, 50))
    expect(epochOrder(2, 0, 50)).not.toEqual(epochOrder(1, 0, 50))
  })
})
