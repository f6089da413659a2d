import { describe, expect, it } from 'vitest'
import { gridMargin, layoutPictures, pictureAfterKey, pictureAt, picturesBetween, placeOf } from './picture-grid.ts'

// 10 columns of 40 px with 4 px between them fit 12 + 10 · 44 − 4 + 12 = 460 px, and no eleventh.
const grid = layoutPictures(95, 460, 40, { width: 28, height: 28 })

describe('the grid of pictures', () => {
  it('fills the width with whole columns and counts the last, shorter row', () => {
    expect(grid.columns).toBe(10)
    expect(layoutPictures(95, 459, 40, { width: 28, height: 28 }).columns).toBe(9)
    expect(grid.contentHeight).toBe(12 + 10 * 44 - 4 + 12)
  })

  it('keeps the proportions of a picture that is not square', () => {
    const wide = layoutPictures(3, 500, 60, { width: 200, height: 100 })
    expect([wide.tileWidth, wide.tileHeight]).toEqual([60, 30])
  })

  it('finds at its place the picture it put there, for every picture', () => {
    for (let index = 0; index < grid.count; index++) {
      const { x, y } = placeOf(grid, index)
      expect(pictureAt(grid, x, y)).toBe(index)
      expect(pictureAt(grid, x + 39, y + 39)).toBe(index)
      expect(pictureAt(grid, x + 41, y)).toBeUndefined()
    }
    expect(pictureAt(grid, gridMargin + 6 * 44, gridMargin + 9 * 44)).toBeUndefined()
  })

  it('names exactly the pictures that touch a band', () => {
    expect(picturesBetween(grid, 0, 100)).toEqual({ from: 0, to: 30 })
    const { y } = placeOf(grid, 50)
    expect(picturesBetween(grid, y, y + 1)).toEqual({ from: 50, to: 60 })
    expect(picturesBetween(grid, 400, 9000)).toEqual({ from: 80, to: 95 })
  })

  it('moves by keys and stays within the pictures', () => {
    expect(pictureAfterKey(grid, 11, 'ArrowDown', 200)).toBe(21)
    expect(pictureAfterKey(grid, 3, 'ArrowUp', 200)).toBe(0)
    expect(pictureAfterKey(grid, 90, 'PageDown', 200)).toBe(94)
    expect(pictureAfterKey(grid, 94, 'Home', 200)).toBe(0)
    expect(pictureAfterKey(grid, 5, 'a', 200)).toBeUndefined()
  })
})
