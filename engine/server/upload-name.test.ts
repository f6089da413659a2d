import { isAbsolute, join, relative, win32 } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { uploadNameParts } from './upload-name.ts'

it('lets no name lead out of its folder, on any system', () => {
  const piece = fc.oneof(
    fc.constantFrom('..', '.', '/', '\\', 'C:', '~', '\u0000', ' ', '...'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const parts = uploadNameParts(pieces.join(''))
      if (parts === undefined) return
      const below = relative('/drop', join('/drop', ...parts))
      expect(below === '' || /^\.\.(\/|$)/.test(below) || isAbsolute(below)).toBe(false)
      const belowOnWindows = win32.relative('C:\\drop', win32.join('C:\\drop', ...parts))
      expect(belowOnWindows === '' || /^\.\.(\\|$)/.test(belowOnWindows) || win32.isAbsolute(belowOnWindows)).toBe(
        false,
      )
    }),
    { seed: 1, numRuns: 500 },
  )
})

it('keeps ordinary names whole', () => {
  expect(uploadNameParts('flowers/rosé (1)/a.b.jpg')).toEqual(['flowers', 'rosé (1)', 'a.b.jpg'])
  expect(uploadNameParts('.hidden')).toEqual(['.hidden'])
  expect(uploadNameParts('.. ')).toBeUndefined()
})
