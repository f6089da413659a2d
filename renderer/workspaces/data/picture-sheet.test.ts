import { expect, it } from 'vitest'
import { toRgba } from './picture-sheet.ts'

it('spreads grey over the three colours and keeps colours in their order', () => {
  expect([...toRgba(Uint8Array.of(9, 7, 200), 1, 2, 1)]).toEqual([7, 7, 7, 255, 200, 200, 200, 255])
  expect([...toRgba(Uint8Array.of(0, 0, 0, 1, 2, 3), 3, 1, 3)]).toEqual([1, 2, 3, 255])
})
