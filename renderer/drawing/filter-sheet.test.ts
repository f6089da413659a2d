import { describe, expect, it } from 'vitest'
import { layoutSheet } from './filter-sheet.ts'

const room = { width: 600, height: 400 }

describe('the channels of one filter', () => {
  it('of a single channel fill the room with whole pixels for each weight', () => {
    expect(layoutSheet(1, 7, 7, room, 3)).toEqual({ columns: 1, rows: 1, cell: 57, gap: 3, width: 399, height: 399 })
  })

  it('stand in the columns that make them largest', () => {
    const { columns, rows, cell } = layoutSheet(6, 5, 5, room, 3)
    expect({ columns, rows, cell }).toEqual({ columns: 3, rows: 2, cell: 39 })
  })

  it('never leave the room where they can be kept in it', () => {
    for (const tiles of [1, 2, 3, 7, 16, 64, 256, 512]) {
      for (const [width, height] of [
        [3, 3],
        [1, 7],
        [11, 11],
      ] as const) {
        const layout = layoutSheet(tiles, width, height, room, 3)
        expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(tiles)
        if (layout.cell > 1) expect(layout.width <= room.width && layout.height <= room.height).toBe(true)
      }
    }
  })

  it('keep a pixel for each weight where there is no room at all', () => {
    expect(layoutSheet(64, 3, 3, { width: 10, height: 10 }, 1).cell).toBe(1)
  })
})
