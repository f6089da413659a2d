import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { integer, positiveNumber } from './option-parsers.ts'

describe('option parsers', () => {
  it.each([
    ['1', 1],
    ['007', 7],
    ['4096', 4096],
  ])('read %s as a whole number', (text, value) => expect(integer(1, 4096)(text)).toBe(value))

  it.each(['', ' ', '0', '4097', '-1', '1.5', '1e3', '0x10', 'many', '1 ', 'Infinity'])(
    'refuse %j as a whole number from 1 to 4096',
    (text) => {
      expect(() => integer(1, 4096)(text)).toThrow(InvalidArgumentError)
      expect(() => integer(1, 4096)(text)).toThrow('It must be a whole number from 1 to 4096.')
    },
  )

  it.each([
    ['0.003', 0.003],
    ['3e-3', 0.003],
    ['.5', 0.5],
    ['100', 100],
  ])('read %s as a number', (text, value) => expect(positiveNumber(100)(text)).toBe(value))

  it.each(['', ' ', '0', '-1', '100.1', '1e999', 'NaN', '0x10', '1.2.3', 'Infinity'])(
    'refuse %j as a number above 0 and at most 100',
    (text) => expect(() => positiveNumber(100)(text)).toThrow('It must be a number above 0 and at most 100.'),
  )
})
