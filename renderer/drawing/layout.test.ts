import { describe, expect, it } from 'vitest'
import { fittingGridTarget, gridLayout } from './grid-layout.ts'
import type { GridOptions } from './grid-layout.ts'
import { fittingRowsTarget, rowsLayout } from './rows-layout.ts'
import type { RowsOptions } from './rows-layout.ts'
import { tileSize } from './wall-layout.ts'
import type { WallLayout } from './wall-layout.ts'

const grid: GridOptions = {
  count: 100,
  kernelWidth: 7,
  kernelHeight: 7,
  width: 800,
  viewHeight: 400,
  target: 60,
  density: 1,
  birth: 'under',
}
const rows: RowsOptions = {
  count: 16,
  channels: 32,
  kernelWidth: 5,
  kernelHeight: 5,
  width: 800,
  viewHeight: 400,
  target: 30,
  density: 1,
  showsBirth: true,
  opened: new Set(),
}

/** Every tile drawn over the whole height is found again by its own top left weight. */
function expectHitsToMatchPlaces(layout: WallLayout): void {
  const places = layout.tilesBetween(0, layout.contentHeight)
  expect(places.length).toBeGreaterThan(0)
  for (const place of places) {
    expect(layout.hitAt(place.x, place.y)).toEqual({
      kind: 'tile',
      position: place.position,
      channel: place.channel,
      part: 'now',
      row: 0,
      column: 0,
    })
    expect(layout.hitAt(place.x + layout.birth.offsetX, place.y + layout.birth.offsetY)).toMatchObject({
      kind: 'tile',
      position: place.position,
      channel: place.channel,
      part: 'birth',
    })
  }
}

/** Scrolling shows each tile of the whole wall once it touches the band, and never one that does not. */
function expectBandsToCoverAll(layout: WallLayout): void {
  const key = (place: { position: number; channel: number }): string => `${place.position}/${place.channel}`
  const all = new Set(layout.tilesBetween(0, layout.contentHeight).map(key))
  const seen = new Set<string>()
  for (let top = 0; top < layout.contentHeight; top += 97) {
    for (const place of layout.tilesBetween(top, top + 97)) {
      seen.add(key(place))
      expect(place.y).toBeLessThanOrEqual(top + 97)
      const bounds = layout.boundsOf(place.position)
      expect(bounds.y + bounds.height).toBeGreaterThan(top - 40)
    }
  }
  expect(seen).toEqual(all)
}

describe('tileSize', () => {
  it('gives every weight the same whole number of pixels', () => {
    expect(tileSize(7, 7, 60)).toEqual({ width: 56, height: 56 })
    expect(tileSize(3, 5, 60)).toEqual({ width: 36, height: 60 })
  })

  it('shrinks planes that are larger than the tile', () => {
    expect(tileSize(224, 112, 56)).toEqual({ width: 56, height: 28 })
  })
})

describe('grid layout', () => {
  const layout = gridLayout(grid)

  it('holds every filter inside the width', () => {
    const places = layout.tilesBetween(0, layout.contentHeight)
    expect(places.map((place) => place.position)).toEqual(Array.from({ length: 100 }, (_, position) => position))
    for (const place of places) expect(place.x + layout.now.width).toBeLessThanOrEqual(800)
  })

  it('finds the weight under the pointer', () => {
    const bounds = layout.boundsOf(13)
    expect(layout.hitAt(bounds.x + 8 * 3 + 1, bounds.y + 8 * 6 + 7)).toEqual({
      kind: 'tile',
      position: 13,
      channel: 0,
      part: 'now',
      row: 6,
      column: 3,
    })
  })

  it('finds every tile it draws', () => expectHitsToMatchPlaces(layout))
  it('finds every tile with its birth beside it', () => {
    const beside = gridLayout({ ...grid, birth: 'beside' })
    expectHitsToMatchPlaces(beside)
    expectBandsToCoverAll(beside)
    expect(beside.boundsOf(0).height).toBeLessThan(layout.boundsOf(0).height)
  })
  it('covers all tiles band by band', () => expectBandsToCoverAll(layout))

  it('finds nothing between cells and past the last', () => {
    const last = layout.boundsOf(99)
    expect(layout.hitAt(last.x + last.width + 1, last.y)).toBeUndefined()
    expect(layout.hitAt(2, 2)).toBeUndefined()
    expect(layout.hitAt(20, layout.contentHeight + 5)).toBeUndefined()
  })

  it('moves by arrows in rows and columns and stays inside', () => {
    const columns = layout.tilesBetween(0, layout.contentHeight).filter((place) => place.y === 12).length
    expect(layout.neighbour(0, 'ArrowLeft')).toBe(0)
    expect(layout.neighbour(0, 'ArrowDown')).toBe(columns)
    expect(layout.neighbour(columns - 1, 'ArrowRight')).toBe(columns)
    expect(layout.neighbour(3, 'ArrowUp')).toBe(3)
    expect(layout.neighbour(5, 'End')).toBe(99)
    expect(layout.neighbour(99, 'ArrowDown')).toBe(99)
  })

  it('scales lengths with the density of the screen', () => {
    const dense = gridLayout({ ...grid, width: 1600, target: 120, density: 2 })
    expect(dense.now).toEqual({ width: 119, height: 119 })
    expect(dense.boundsOf(0).x).toBe(24)
  })

  it('uses the room for few filters and keeps a floor for many', () => {
    const limits = { smallest: 48, largest: 160 }
    const few = fittingGridTarget({ ...grid, count: 8 }, 500, limits)
    expect(few).toBeGreaterThan(100)
    expect(gridLayout({ ...grid, count: 8, target: few }).contentHeight).toBeLessThanOrEqual(500)
    expect(fittingGridTarget({ ...grid, count: 10_000 }, 500, limits)).toBe(48)
  })

  it('is empty for no filters', () => {
    const empty = gridLayout({ ...grid, count: 0 })
    expect(empty.contentHeight).toBe(0)
    expect(empty.tilesBetween(0, 1000)).toEqual([])
  })

  it('visits only what a band shows, however many tiles there are', () => {
    const large = gridLayout({ ...grid, count: 100_000 })
    expect(large.tilesBetween(200_000, 200_400).length).toBeLessThan(150)
  })
})

describe('rows layout', () => {
  it('folds channels that do not fit and tells how many', () => {
    const layout = rowsLayout(rows)
    const shown = layout.tilesBetween(0, layout.contentHeight).filter((place) => place.position === 3).length
    const fold = layout.foldsBetween(0, layout.contentHeight).find((place) => place.position === 3)
    expect(shown).toBeLessThan(32)
    expect(shown + (fold?.hidden ?? 0)).toBe(32)
    expect((fold?.x ?? 0) + (fold?.width ?? 0)).toBeLessThanOrEqual(800)
    expect(layout.hitAt((fold?.x ?? 0) + 5, (fold?.y ?? 0) + 5)).toEqual({ kind: 'fold', position: 3 })
  })

  it('shows every channel of an opened row and pushes the rows below down', () => {
    const folded = rowsLayout(rows)
    const opened = rowsLayout({ ...rows, opened: new Set([3]) })
    const shown = opened.tilesBetween(0, opened.contentHeight).filter((place) => place.position === 3)
    expect(shown.map((place) => place.channel)).toEqual(Array.from({ length: 32 }, (_, channel) => channel))
    expect(opened.boundsOf(3).y).toBe(folded.boundsOf(3).y)
    expect(opened.boundsOf(4).y).toBeGreaterThan(folded.boundsOf(4).y)
    const fold = opened.foldsBetween(0, opened.contentHeight).find((place) => place.position === 3)
    expect(fold?.hidden).toBe(0)
    expect((fold?.y ?? 0) + (fold?.height ?? 0)).toBeLessThanOrEqual(opened.boundsOf(4).y)
    expect((fold?.x ?? 0) + (fold?.width ?? 0)).toBeLessThanOrEqual(800)
  })

  it('needs no fold where every channel fits', () => {
    const layout = rowsLayout({ ...rows, channels: 6 })
    expect(layout.foldsBetween(0, layout.contentHeight)).toEqual([])
    expect(layout.tilesBetween(0, layout.contentHeight).length).toBe(16 * 6)
  })

  for (const opened of [new Set<number>(), new Set([0, 3, 15]), 'all' as const]) {
    it(`finds every tile it draws and covers all, opened: ${opened === 'all' ? opened : [...opened].join()}`, () => {
      const layout = rowsLayout({ ...rows, opened })
      expectHitsToMatchPlaces(layout)
      expectBandsToCoverAll(layout)
    })
  }

  it('lays out single weights of fully connected layers', () => {
    const layout = rowsLayout({ ...rows, kernelWidth: 1, kernelHeight: 1, channels: 120, target: 10, opened: 'all' })
    expect(layout.tilesBetween(0, layout.contentHeight).length).toBe(16 * 120)
    expectHitsToMatchPlaces(layout)
  })

  it('grows tiles while nothing is folded', () => {
    const limits = { smallest: 15, comfortable: 30, largest: 80 }
    const target = fittingRowsTarget({ ...rows, channels: 6, count: 4 }, limits)
    expect(target).toBeGreaterThan(30)
    const narrow = fittingRowsTarget({ ...rows, channels: 512 }, limits)
    expect(narrow).toBe(15)
  })
})

describe('rows layout in several columns', () => {
  const short = rowsLayout({ ...rows, channels: 6, width: 1000 })

  it('stands short rows side by side without overlap', () => {
    const first = short.boundsOf(0)
    const second = short.boundsOf(1)
    expect(second.y).toBe(first.y)
    expect(second.x).toBeGreaterThan(first.x + first.width)
    expect(second.x + second.width).toBeLessThanOrEqual(1000)
    expectHitsToMatchPlaces(short)
    expectBandsToCoverAll(short)
  })

  it('moves up and down within a column', () => {
    const columns = Array.from({ length: 16 }, (_, position) => short.boundsOf(position)).filter(
      (bounds) => bounds.y === short.boundsOf(0).y,
    ).length
    expect(columns).toBeGreaterThan(1)
    expect(short.neighbour(1, 'ArrowDown')).toBe(1 + columns)
    expect(short.neighbour(1, 'ArrowUp')).toBe(1)
    expect(short.neighbour(0, 'End')).toBe(15)
  })
})

it('balances the rows of a grid that is seen whole', () => {
  const layout = gridLayout({ ...grid, count: 8, target: 84, width: 744, viewHeight: 400 })
  const firstRow = layout.tilesBetween(0, 400).filter((place) => place.y === layout.boundsOf(0).y)
  expect(firstRow.length).toBe(4)
})
