import { expect, it } from 'vitest'
import { asFileName, exportTargetSchema } from './exports.ts'

it('takes names that are file names on every system', () => {
  const isName = (name: string) => exportTargetSchema.safeParse({ kind: 'download', name }).success
  expect(['small', 'é 1', 'a.b-step-3'].map(isName)).toEqual([true, true, true])
  const bad = ['', '.hidden', '..', 'a/b', 'a\\b', 'C:x', ' a', 'a\u0000', 'x'.repeat(151), 'ж'.repeat(76), 'a?']
  expect(bad.map(isName)).toEqual(bad.map(() => false))
})

it('makes a name of any text', () => {
  expect(['small', '../x', 'a:b', '...', ' a '].map(asFileName)).toEqual(['small', '-x', 'a-b', 'network', 'a'])
  for (const text of ['small', '../x', '.\u0001', 'x'.repeat(500), 'ж'.repeat(500), '🌱'.repeat(99), '. a']) {
    expect(exportTargetSchema.safeParse({ kind: 'download', name: asFileName(text) }).success).toBe(true)
  }
})
