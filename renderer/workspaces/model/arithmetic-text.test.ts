import { describe, expect, it } from 'vitest'
import { arithmeticLines, isRounded } from './arithmetic-text.ts'

const axis = (input: number, kernel: number, padding: number, stride: number) => {
  const exact = (input - kernel + 2 * padding) / stride + 1
  return {
    input,
    kernel,
    padding,
    stride,
    exact,
    floor: Math.floor(exact),
    ceil: Math.ceil(exact),
    isWhole: exact % 1 === 0,
  }
}

describe('the arithmetic of a layer', () => {
  it('stands once for square windows on square pictures', () => {
    const same = axis(28, 7, 3, 1)
    expect(arithmeticLines({ arithmetic: { height: same, width: same } })).toEqual(['(28 − 7 + 2·3) / 1 + 1 = 28'])
  })

  it('stands for each axis where they differ', () => {
    const lines = arithmeticLines({ arithmetic: { height: axis(28, 5, 0, 1), width: axis(28, 3, 0, 1) } })
    expect(lines).toEqual(['H: (28 − 5 + 2·0) / 1 + 1 = 24', 'W: (28 − 3 + 2·0) / 1 + 1 = 26'])
  })

  it('says what floor and ceil give where the size is not whole', () => {
    const odd = axis(28, 3, 0, 2)
    const arithmetic = { height: axis(28, 4, 0, 2), width: odd }
    expect(arithmeticLines({ arithmetic })).toEqual([
      'H: (28 − 4 + 2·0) / 2 + 1 = 13',
      'W: (28 − 3 + 2·0) / 2 + 1 = 13.5: floor 13, ceil 14',
    ])
    expect(isRounded({ arithmetic })).toBe(true)
    expect(isRounded({ arithmetic: { height: axis(28, 4, 0, 2), width: axis(28, 4, 0, 2) } })).toBe(false)
  })

  it('is nothing for a layer that slides no window', () => {
    expect(arithmeticLines({})).toEqual([])
  })
})
