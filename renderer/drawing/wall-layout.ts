/**
 * Where the tiles of a wall lie. All lengths here are whole device pixels, so that every weight of a kernel covers the
 * same number of screen pixels; a position counts filters in the order they are shown.
 */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** One kernel plane (or colour kernel) on the wall. */
export interface TilePlace {
  readonly position: number
  /** Input channel; 0 for walls with one tile per filter. */
  readonly channel: number
  readonly x: number
  readonly y: number
}

/** What is behind a point of the wall. */
export type WallHit =
  | {
      readonly kind: 'tile'
      readonly position: number
      readonly channel: number
      readonly part: 'now' | 'birth'
      /** Row and column of the weight. */
      readonly row: number
      readonly column: number
    }
  | { readonly kind: 'filter'; readonly position: number }
  | { readonly kind: 'fold'; readonly position: number }

export interface TileSize {
  readonly width: number
  readonly height: number
}

export interface LabelPlace {
  readonly position: number
  /** Left edge and vertical middle of the text. */
  readonly x: number
  readonly y: number
}

export interface FoldPlace extends Rect {
  readonly position: number
  /** Channels hidden behind the fold; 0 on an opened row, where it folds again. */
  readonly hidden: number
}

export interface WallLayout {
  readonly count: number
  readonly now: TileSize
  /** Size of the kernel at birth, and its offset from the tile it belongs to; width 0 where birth is not shown. */
  readonly birth: TileSize & { readonly offsetX: number; readonly offsetY: number }
  readonly contentHeight: number
  /** Tiles that touch the band from `top` to `bottom`. */
  tilesBetween(top: number, bottom: number): TilePlace[]
  labelsBetween(top: number, bottom: number): LabelPlace[]
  foldsBetween(top: number, bottom: number): FoldPlace[]
  /** The whole cell of a filter: tile, birth and label. */
  boundsOf(position: number): Rect
  /** Cells that touch the band. */
  positionsBetween(top: number, bottom: number): { readonly from: number; readonly to: number }
  hitAt(x: number, y: number): WallHit | undefined
  /** The position an arrow key leads to; stays where there is none further. */
  neighbour(position: number, key: ArrowKey): number
}

export type ArrowKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End' | 'PageUp' | 'PageDown'

/** Whole device pixels per weight for a tile of about `target` pixels, at least 1; larger planes shrink to `target`. */
export function tileSize(kernelWidth: number, kernelHeight: number, target: number): TileSize {
  const longest = Math.max(kernelWidth, kernelHeight)
  if (longest > target) {
    const share = target / longest
    return {
      width: Math.max(1, Math.round(kernelWidth * share)),
      height: Math.max(1, Math.round(kernelHeight * share)),
    }
  }
  const perWeight = Math.max(1, Math.floor(target / longest))
  return { width: kernelWidth * perWeight, height: kernelHeight * perWeight }
}

/** The weight under a point of a tile. */
export function weightAt(
  x: number,
  y: number,
  size: TileSize,
  kernelWidth: number,
  kernelHeight: number,
): { readonly row: number; readonly column: number } {
  return {
    row: Math.min(kernelHeight - 1, Math.max(0, Math.floor((y / size.height) * kernelHeight))),
    column: Math.min(kernelWidth - 1, Math.max(0, Math.floor((x / size.width) * kernelWidth))),
  }
}

export function clamp(value: number, smallest: number, largest: number): number {
  return Math.max(smallest, Math.min(largest, value))
}
