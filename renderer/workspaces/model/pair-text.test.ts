import { expect, it } from 'vitest'
import { pairText, readPair, stepPair } from './pair-text.ts'

it('reads what it writes', () => {
  for (const pair of [
    [7, 7],
    [1, 12],
    [5, 3],
  ] as const) {
    expect(readPair(pairText(pair), 1)).toEqual(pair)
  }
  expect(pairText([5, 5])).toBe('5')
})

it('takes the ways people write two numbers, and nothing else', () => {
  expect(readPair(' 5 x 3 ', 1)).toEqual([5, 3])
  expect(readPair('5*3', 1)).toEqual([5, 3])
  for (const typed of ['', '5,3', '2.5', '-1', '5x', 'five', '0']) expect(readPair(typed, 1)).toBeUndefined()
  expect(readPair('0', 0)).toEqual([0, 0])
})

it('steps both numbers and stops at the smallest', () => {
  expect(stepPair([5, 3], 1, 1)).toEqual([6, 4])
  expect(stepPair([2, 1], -1, 1)).toEqual([1, 1])
})
