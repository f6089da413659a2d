import { expect, it } from 'vitest'
import { dropPosition } from './use-row-drag.ts'

const middles = [10, 30, 50, 70]

it('gives a dragged row the position it was dropped at', () => {
  expect(dropPosition(middles, 0, 5)).toBe(0)
  expect(dropPosition(middles, 0, 35)).toBe(1)
  expect(dropPosition(middles, 0, 500)).toBe(3)
  expect(dropPosition(middles, 3, 5)).toBe(0)
  expect(dropPosition(middles, 3, 35)).toBe(2)
})

it('leaves a row where it is while the pointer is on it or between its neighbours', () => {
  expect(dropPosition(middles, 1, 30)).toBe(1)
  expect(dropPosition(middles, 1, 12)).toBe(1)
  expect(dropPosition(middles, 1, 49)).toBe(1)
})
