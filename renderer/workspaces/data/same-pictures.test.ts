import { expect, it } from 'vitest'
import type { DataSummary } from '../../../engine/protocol/data.ts'
import { hasSamePictures } from './same-pictures.ts'

const summary: DataSummary = {
  format: 'folder',
  title: '/data/flowers',
  classes: [{ name: 'daisy', train: 7, validation: 1, test: 2 }],
  counts: { train: 7, validation: 1, test: 2 },
  image: { width: 28, height: 28, channels: 1, fit: 'crop' },
  originalSizes: [],
  mean: [0.31],
  standardDeviation: [0.2],
  testSetGiven: false,
  problems: [],
  problemCount: 0,
}

it('knows the same pictures again, whatever the order of what is said of them', () => {
  expect(hasSamePictures(summary, { ...summary, counts: { test: 2, validation: 1, train: 7 } })).toBe(true)
})

it.each([
  ['another folder', { title: '/data/leaves' }],
  ['another size', { image: { ...summary.image, width: 32 } }],
  ['another split', { counts: { train: 6, validation: 2, test: 2 } }],
  ['another seed, which mixes the splits anew', { mean: [0.3100001] }],
])('tells %s', (_, other) => {
  expect(hasSamePictures(summary, { ...summary, ...other })).toBe(false)
})
