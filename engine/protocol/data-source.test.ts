import { expect, it } from 'vitest'
import { pathsOf, shortTitle, sourceOfPaths, titleOf } from './data-source.ts'
import { dataSettingsSchema, mostSources, xoOptionsSchema } from './settings.ts'

const generated = { kind: 'xo', options: xoOptionsSchema.parse({}) } as const

it('is one path as ever, and several where there are several', () => {
  expect(sourceOfPaths(['/a'])).toEqual({ kind: 'path', path: '/a' })
  expect(sourceOfPaths(['/a', '/b'])).toEqual({ kind: 'paths', paths: ['/a', '/b'] })
  for (const paths of [['/a'], ['/a', '/b', '/c']]) {
    const { source } = dataSettingsSchema.parse({ source: sourceOfPaths(paths) })
    expect(pathsOf(source)).toEqual(paths)
  }
  expect(pathsOf(generated)).toEqual([])
  expect(() => sourceOfPaths([])).toThrow(RangeError)
})

it('has no more paths than can be joined', () => {
  const paths = Array.from({ length: mostSources + 1 }, (_, index) => `/${index}`)
  expect(dataSettingsSchema.safeParse({ source: sourceOfPaths(paths) }).success).toBe(false)
})

it('is called by its paths, in short by their last parts', () => {
  expect(titleOf(generated)).toBe('X or O')
  expect(shortTitle(titleOf(generated))).toBe('X or O')
  const title = titleOf(sourceOfPaths(['/data/train/', 'C:\\data\\test', '/']))
  expect(shortTitle(title)).toBe('train + test + /')
})
