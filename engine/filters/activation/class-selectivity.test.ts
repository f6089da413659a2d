import { expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { classSelectivities } from './class-selectivity.ts'

const labels = Uint16Array.from({ length: 200 }, (_, index) => index % 4)

it('is the difference of the strongest class and the mean of the others, over their sum', () => {
  const response = Float32Array.from(labels, (label) => [1, 6, 2, 3][label]!)
  const [found] = classSelectivities([response], labels, 0)
  expect(found).toEqual({ value: expect.closeTo((6 - 2) / (6 + 2), 12), strongestClass: 1, p: 1 / 500 })
})

it('counts classes alike, however many pictures each has', () => {
  const uneven = Uint16Array.of(0, 1, 1, 1, 2)
  const [found] = classSelectivities([Float32Array.of(4, 2, 2, 2, 0)], uneven, 0)
  expect(found).toMatchObject({ value: (4 - 1) / (4 + 1), strongestClass: 0 })
})

it('finds responses that know nothing of the class selective as often as its p says', () => {
  const stream = randomStream('selectivity test')
  const responses = Array.from({ length: 400 }, () => Float32Array.from(labels, () => Math.max(0, stream.normal())))
  const found = classSelectivities(responses, labels, 0)
  const share = found.filter((each) => each!.p <= 0.05).length / found.length
  expect(share).toBeGreaterThan(0.02)
  expect(share).toBeLessThan(0.09)
  // All labellings alike would give every filter the smallest p.
  expect(new Set(found.map((each) => each!.p)).size).toBeGreaterThan(100)
})

it('says nothing of filters that respond to all alike, or of pictures of one class', () => {
  expect(classSelectivities([new Float32Array(200), new Float32Array(200).fill(3)], labels, 0)).toEqual([
    undefined,
    undefined,
  ])
  const response = Float32Array.from(labels, (_, index) => index)
  expect(classSelectivities([response], new Uint16Array(200).fill(7), 0)).toEqual([undefined])
})

it('counts responses below zero from the smallest', () => {
  const response = Float32Array.from(labels, (label) => [-3, 3, -1, 0][label]!)
  expect(classSelectivities([response], labels, 0)[0]!.value).toBeCloseTo((6 - 5 / 3) / (6 + 5 / 3), 6)
})

it('says nothing of filters whose responses have left all numbers', () => {
  const response = Float32Array.from(labels, (_, index) => (index === 5 ? Infinity : index))
  const broken = Float32Array.from(labels, (_, index) => (index === 5 ? Number.NaN : index))
  expect(classSelectivities([response, broken], labels, 0)).toEqual([undefined, undefined])
})
