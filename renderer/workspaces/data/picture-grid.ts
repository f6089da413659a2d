/** Where pictures of one size lie in rows; all lengths are CSS pixels of the scrolled wall. */
export interface PictureGrid {
  readonly count: number
  readonly columns: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly contentHeight: number
}

export const gridMargin = 12
export const gridGap = 4

/** As many columns as fit the width; `tileSide` is the longer side of a picture on the wall. */
export function layoutPictures(
  count: number,
  width: number,
  tileSide: number,
  picture: { readonly width: number; readonly height: number },
): PictureGrid {
  const scale = tileSide / Math.max(picture.width, picture.height, 1)
  const tileWidth = Math.max(1, Math.round(picture.width * scale))
  const tileHeight = Math.max(1, Math.round(picture.height * scale))
  const columns = Math.max(1, Math.floor((width - 2 * gridMargin + gridGap) / (tileWidth + gridGap)))
  const rows = Math.ceil(count / columns)
  const contentHeight = rows === 0 ? 0 : 2 * gridMargin + rows * (tileHeight + gridGap) - gridGap
  return { count, columns, tileWidth, tileHeight, contentHeight }
}

/** Left upper corner of a picture. */
export function placeOf(grid: PictureGrid, index: number): { readonly x: number; readonly y: number } {
  return {
    x: gridMargin + (index % grid.columns) * (grid.tileWidth + gridGap),
    y: gridMargin + Math.floor(index / grid.columns) * (grid.tileHeight + gridGap),
  }
}

/** The pictures that touch the band from `top` to `bottom`: from, up to but not including to. */
export function picturesBetween(
  grid: PictureGrid,
  top: number,
  bottom: number,
): { readonly from: number; readonly to: number } {
  const pitch = grid.tileHeight + gridGap
  const first = Math.max(0, Math.floor((top - gridMargin) / pitch))
  const last = Math.floor((bottom - gridMargin) / pitch)
  return { from: Math.min(grid.count, first * grid.columns), to: Math.min(grid.count, (last + 1) * grid.columns) }
}

/** The picture at a point; undefined between two and beside them. */
export function pictureAt(grid: PictureGrid, x: number, y: number): number | undefined {
  const column = Math.floor((x - gridMargin) / (grid.tileWidth + gridGap))
  const row = Math.floor((y - gridMargin) / (grid.tileHeight + gridGap))
  if (column < 0 || column >= grid.columns || row < 0) return undefined
  const index = row * grid.columns + column
  if (index >= grid.count) return undefined
  const place = placeOf(grid, index)
  return x - place.x < grid.tileWidth && y - place.y < grid.tileHeight ? index : undefined
}

/** The picture a key leads to from one; undefined for keys that lead nowhere. */
export function pictureAfterKey(grid: PictureGrid, index: number, key: string, viewHeight: number): number | undefined {
  const rowsInView = Math.max(1, Math.floor(viewHeight / (grid.tileHeight + gridGap)))
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - grid.columns,
    ArrowDown: index + grid.columns,
    PageUp: index - rowsInView * grid.columns,
    PageDown: index + rowsInView * grid.columns,
    Home: 0,
    End: grid.count - 1,
  }
  const next = moves[key]
  if (next === undefined || grid.count === 0) return undefined
  return Math.min(grid.count - 1, Math.max(0, next))
}
