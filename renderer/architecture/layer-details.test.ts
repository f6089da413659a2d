import { expect, it } from 'vitest'
import { layerSchema, type Layer } from '../../engine/protocol/architecture.ts'
import { hasDetails, hasUnusualDetails, withDetail } from './layer-details.ts'

const conv = {
  kind: 'conv',
  name: 'conv1',
  filters: 8,
  kernel: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
} satisfies Layer
const norm = { kind: 'localResponseNorm', name: 'norm1', size: 5, alpha: 1e-4, beta: 0.75, bias: 2 } satisfies Layer

it('keeps only what is unusual, and what it leaves is a layer', () => {
  const grouped = withDetail(conv, 'groups', 2)
  expect(hasUnusualDetails(grouped)).toBe(true)
  expect(layerSchema.parse(grouped)).toEqual({ ...conv, groups: 2 })
  expect(withDetail(grouped, 'groups', 1)).toEqual(conv)
  expect(withDetail(withDetail(conv, 'bias', false), 'bias', true)).toEqual(conv)
  expect(withDetail(withDetail(conv, 'dilation', [2, 2]), 'dilation', [1, 1])).toEqual(conv)
})

it('sees what is stated though it is usual as usual', () => {
  expect(hasUnusualDetails({ ...conv, dilation: [1, 1], groups: 1, bias: true })).toBe(false)
  expect(hasUnusualDetails({ ...conv, bias: false })).toBe(true)
})

it('never leaves out a number of a local response normalisation', () => {
  expect(layerSchema.parse(withDetail(norm, 'bias', 1))).toEqual({ ...norm, bias: 1 })
  expect(hasUnusualDetails(norm)).toBe(true)
})

it('knows the layers without further settings', () => {
  expect(hasDetails({ kind: 'relu', name: 'relu1' })).toBe(false)
  expect(hasDetails(conv)).toBe(true)
})
