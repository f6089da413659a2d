import { expect, it } from 'vitest'
import type { DataSummary } from '../../protocol/data.ts'
import { dataAsJson, dataAsText } from './data-report.ts'

const summary: DataSummary = {
  format: 'numpy',
  title: '/data/\u001b[2Jset.npz',
  classes: Array.from({ length: 120 }, (_, index) => ({ name: `c${index}`, train: 8, validation: 1, test: 1 })),
  classNamesFrom: { kind: 'file', name: 'labels.txt' },
  counts: { train: 960, validation: 120, test: 120 },
  image: { width: 28, height: 20, channels: 1, fit: 'crop' },
  pixelValues: { dataType: 'float32', black: -1, white: 1 },
  originalSizes: [{ width: 28, height: 20, count: 1200 }],
  mean: [0.5],
  standardDeviation: [0.2],
  testSetGiven: true,
  problems: Array.from({ length: 30 }, (_, index) => ({ path: `/data/${index}.png`, message: 'It is damaged.' })),
  problemCount: 31,
}

it('tells a long data set in a page, with nothing that would command a terminal', () => {
  const lines = dataAsText(summary).split('\n')
  expect(lines[0]).toBe('/data/\\u001b[2Jset.npz')
  expect(lines[1]).toBe('NumPy arrays · 1,200 images · 120 classes · trained at 28×20 grey')
  expect(lines).toContain('… and 20 more, which --json lists')
  expect(lines).toContain('Pixels: float32; -1 became 0 and 1 became 255.')
  expect(lines).toContain('Class names: from labels.txt.')
  expect(lines).toContain('Not used: 31')
  expect(lines).toContain('  /data/19.png: It is damaged.')
  expect(lines.at(-1)).toBe('  … and 11 more, which --json lists')
  expect(lines).toHaveLength(3 + 1 + 100 + 1 + 1 + 1 + 3 + 2 + 20 + 1)
  const { classes, problems, images } = dataAsJson(summary)
  expect([classes.length, problems.length, images.total, classes[3]?.count]).toEqual([120, 30, 1200, 10])
})

it('says of pictures without labels what cannot be done with them', () => {
  const { classNamesFrom: _, pixelValues: _values, ...rest } = summary
  const told = { ...rest, format: 'pictures', classes: [], unlabelled: true, problemCount: 0, problems: [] } as const
  expect(dataAsText({ ...told, testSetGiven: false })).toBe(
    [
      '/data/\\u001b[2Jset.npz',
      'pictures without labels · 1,200 images · shown at 28×20 grey',
      '',
      'Sizes: 28×20 (1,200)',
      'Nothing says what they show, so nothing can be trained on them.',
    ].join('\n'),
  )
  expect(dataAsJson(told)).toMatchObject({ unlabelled: true, classes: [] })
})
