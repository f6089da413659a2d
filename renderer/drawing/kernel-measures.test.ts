import { expect, it } from 'vitest'
import { measureKernel, sortFilters } from './kernel-measures.ts'

it('tells growth from turning', () => {
  const birth = Float32Array.of(1, 0)
  const doubled = measureKernel(Float32Array.of(2, 0), birth, 0, 2)
  expect(doubled).toEqual({ norm: 2, birthNorm: 1, moved: 1, turned: 0 })
  const turned = measureKernel(Float32Array.of(0, 1), birth, 0, 2)
  expect(turned.turned).toBe(1)
  expect(turned.moved).toBeCloseTo(Math.SQRT2)
})

it('measures the filter at its place in the tensor', () => {
  const now = Float32Array.of(9, 9, 3, 4, 9, 9)
  expect(measureKernel(now, undefined, 2, 2).norm).toBe(5)
})

it('knows no distance from a birth that is unknown or zero', () => {
  expect(measureKernel(Float32Array.of(1), undefined, 0, 1).moved).toBeNaN()
  expect(measureKernel(Float32Array.of(1), Float32Array.of(0), 0, 1).moved).toBeNaN()
  expect(measureKernel(Float32Array.of(0), Float32Array.of(1), 0, 1).turned).toBeNaN()
})

it('sorts by how far filters moved, the farthest first, equals by index', () => {
  const birth = Float32Array.of(1, 1, 1, 1)
  const now = Float32Array.of(1.5, 1, 3, 1.5)
  expect([...sortFilters('moved', now, birth, 4)]).toEqual([2, 0, 3, 1])
  expect([...sortFilters('norm', now, birth, 2)]).toEqual([1, 0])
  expect([...sortFilters('index', now, birth, 4)]).toEqual([0, 1, 2, 3])
})

it('puts filters that are not numbers last', () => {
  const now = Float32Array.of(NaN, 1, 2)
  expect([...sortFilters('norm', now, undefined, 3)]).toEqual([2, 1, 0])
})
