import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SplitName } from '../protocol/data.ts'
import { splitIndices } from './splits.ts'

const names: readonly SplitName[] = ['train', 'validation', 'test']

const requests = fc.record({
  labels: fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 200 })
    .map((labels) => Uint16Array.from(labels)),
  testShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
  validationShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
  seed: fc.nat(1000),
})

const ungiven = { given: { validation: false, test: false }, splitOf: () => 'train' as const }

describe('splitIndices', () => {
  it('puts every picture into exactly one split', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const splits = splitIndices({ ...request, ...ungiven })
        const all = names.flatMap((name) => [...splits[name]]).sort((a, b) => a - b)
        expect(all).toEqual(Array.from(request.labels.keys()))
        for (const name of names) expect([...splits[name]]).toEqual([...splits[name]].sort((a, b) => a - b))
      }),
      { seed: 4 },
    )
  })

  it('holds the same share of every class out and leaves each class something to learn', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const splits = splitIndices({ ...request, ...ungiven })
        for (const label of new Set(request.labels)) {
          const count = (name: SplitName) => splits[name].filter((index) => request.labels[index] === label).length
          const total = names.reduce((sum, name) => sum + count(name), 0)
          expect(count('train')).toBeGreaterThan(0)
          if (total === 1) continue
          expect(Math.abs(count('test') - total * request.testShare)).toBeLessThanOrEqual(1)
          const left = total - count('test')
          expect(Math.abs(count('validation') - left * request.validationShare)).toBeLessThanOrEqual(1)
        }
      }),
      { seed: 5 },
    )
  })

  it('depends on the seed alone', () => {
    const labels = Uint16Array.from({ length: 200 }, (_, index) => index % 4)
    const request = { labels, testShare: 0.2, validationShare: 0.1, ...ungiven }
    expect(splitIndices({ ...request, seed: 1 })).toEqual(splitIndices({ ...request, seed: 1 }))
    expect(splitIndices({ ...request, seed: 1 }).test).not.toEqual(splitIndices({ ...request, seed: 2 }).test)
  })

  it('leaves splits alone that the source brings', () => {
    const labels = Uint16Array.from({ length: 30 }, (_, index) => index % 3)
    const splitOf = (index: number): SplitName => (index < 10 ? 'test' : index < 15 ? 'validation' : 'train')
    const splits = splitIndices({
      labels,
      splitOf,
      given: { validation: true, test: true },
      testShare: 0.5,
      validationShare: 0.5,
      seed: 0,
    })
    expect(splits.test).toEqual(Uint32Array.from({ length: 10 }, (_, index) => index))
    expect(splits.validation).toEqual(Uint32Array.from({ length: 5 }, (_, index) => 10 + index))
    expect(splits.train).toHaveLength(15)
  })
})
