import { clamp, tileSize, weightAt } from './wall-layout.ts'
import type { ArrowKey, LabelPlace, Rect, TilePlace, TileSize, WallHit, WallLayout } from './wall-layout.ts'

export interface GridOptions {
  readonly count: number
  readonly kernelWidth: number
  readonly kernelHeight: number
  /** Width of the wall. */
  readonly width: number
  /** Height that is seen at once; decides how far Page Up and Page Down go. */
  readonly viewHeight: number
  /** Wanted length of a tile's longer side. */
  readonly target: number
  /** Screen pixels per CSS pixel. */
  readonly density: number
  /** Where the kernel at birth stands by its tile. */
  readonly birth: 'under' | 'beside' | 'none'
}

const MARGIN = 12
const GAP = 10
const FOOTER_GAP = 4
const LABEL_HEIGHT = 16
const BIRTH_SHARE = 0.4
/** Under or beside a tile: the mark of its verdict and an index of four figures. */
const LABEL_WIDTH = 44

/** One tile per filter, row after row; under or beside it the kernel at birth and the index. */
export function gridLayout(options: GridOptions): WallLayout {
  const { count, kernelWidth, kernelHeight, density } = options
  const scaled = (length: number): number => Math.round(length * density)
  const margin = scaled(MARGIN)
  const gap = scaled(GAP)
  const now = tileSize(kernelWidth, kernelHeight, options.target)
  const birthSize: TileSize =
    options.birth !== 'none'
      ? tileSize(kernelWidth, kernelHeight, Math.max(Math.max(now.width, now.height) * BIRTH_SHARE, scaled(12)))
      : { width: 0, height: 0 }
  const isBeside = options.birth === 'beside'
  const birth = {
    ...birthSize,
    offsetX: isBeside ? now.width + scaled(FOOTER_GAP) : 0,
    offsetY: isBeside ? 0 : now.height + scaled(FOOTER_GAP),
  }
  const footer = Math.max(birth.height, scaled(LABEL_HEIGHT)) + scaled(FOOTER_GAP)
  const labelWidth = scaled(LABEL_WIDTH)
  const cellWidth = isBeside
    ? birth.offsetX + Math.max(birth.width, labelWidth)
    : Math.max(now.width, labelWidth, birth.width + labelWidth)
  const cellHeight = isBeside
    ? Math.max(now.height, birth.height + scaled(FOOTER_GAP + LABEL_HEIGHT))
    : now.height + footer
  const pitchX = cellWidth + gap
  const pitchY = cellHeight + gap
  const mostColumns = Math.max(1, Math.floor((options.width - 2 * margin + gap) / pitchX))
  const rows = Math.ceil(count / mostColumns)
  const contentHeight = rows === 0 ? 0 : 2 * margin + rows * pitchY - gap
  // A wall that is seen whole looks ordered with rows of equal length.
  const columns = contentHeight <= options.viewHeight ? Math.max(1, Math.ceil(count / Math.max(1, rows))) : mostColumns

  const rowsBetween = (top: number, bottom: number): { first: number; last: number } => ({
    first: clamp(Math.floor((top - margin) / pitchY), 0, Math.max(0, rows - 1)),
    last: clamp(Math.floor((bottom - margin) / pitchY), -1, rows - 1),
  })
  const positionsBetween = (top: number, bottom: number): { from: number; to: number } => {
    const { first, last } = rowsBetween(top, bottom)
    return { from: first * columns, to: Math.min(count, (last + 1) * columns) }
  }
  const cellX = (position: number): number => margin + (position % columns) * pitchX
  const cellY = (position: number): number => margin + Math.floor(position / columns) * pitchY

  function tilesBetween(top: number, bottom: number): TilePlace[] {
    const { from, to } = positionsBetween(top, bottom)
    const places: TilePlace[] = []
    for (let position = from; position < to; position++) {
      places.push({ position, channel: 0, x: cellX(position), y: cellY(position) })
    }
    return places
  }

  function labelsBetween(top: number, bottom: number): LabelPlace[] {
    const half = Math.round(scaled(LABEL_HEIGHT) / 2)
    const x = isBeside ? birth.offsetX : birth.width === 0 ? 0 : birth.width + scaled(FOOTER_GAP + 2)
    const y = isBeside ? birth.height + scaled(FOOTER_GAP) + half : birth.offsetY + half
    return tilesBetween(top, bottom).map((place) => ({ position: place.position, x: place.x + x, y: place.y + y }))
  }

  function boundsOf(position: number): Rect {
    return { x: cellX(position), y: cellY(position), width: cellWidth, height: cellHeight }
  }

  function hitAt(x: number, y: number): WallHit | undefined {
    const column = Math.floor((x - margin) / pitchX)
    const row = Math.floor((y - margin) / pitchY)
    const position = row * columns + column
    if (column < 0 || column >= columns || row < 0 || position >= count) return undefined
    const insideX = x - cellX(position)
    const insideY = y - cellY(position)
    if (insideX >= cellWidth || insideY >= cellHeight) return undefined
    if (insideX < now.width && insideY < now.height) {
      const weight = weightAt(insideX, insideY, now, kernelWidth, kernelHeight)
      return { kind: 'tile', position, channel: 0, part: 'now', ...weight }
    }
    const birthX = insideX - birth.offsetX
    const birthY = insideY - birth.offsetY
    if (birthX >= 0 && birthX < birth.width && birthY >= 0 && birthY < birth.height) {
      const weight = weightAt(birthX, birthY, birth, kernelWidth, kernelHeight)
      return { kind: 'tile', position, channel: 0, part: 'birth', ...weight }
    }
    return { kind: 'filter', position }
  }

  function neighbour(position: number, key: ArrowKey): number {
    const page = Math.max(1, Math.floor(options.viewHeight / pitchY)) * columns
    const moves: Record<ArrowKey, number> = {
      ArrowLeft: position - 1,
      ArrowRight: position + 1,
      ArrowUp: position - columns,
      ArrowDown: position + columns,
      PageUp: position - page,
      PageDown: position + page,
      Home: 0,
      End: count - 1,
    }
    const next = moves[key]
    const leavesGrid = (key === 'ArrowUp' || key === 'ArrowDown') && (next < 0 || next >= count)
    return leavesGrid ? position : clamp(next, 0, Math.max(0, count - 1))
  }

  return {
    count,
    now,
    birth,
    contentHeight,
    tilesBetween,
    labelsBetween,
    foldsBetween: () => [],
    boundsOf,
    positionsBetween,
    hitAt,
    neighbour,
  }
}

/**
 * The largest tile (between the limits, CSS pixels) with which the whole grid is seen without scrolling, else `smallest`.
 */
export function fittingGridTarget(
  options: Omit<GridOptions, 'target'>,
  viewHeight: number,
  limits: { readonly smallest: number; readonly largest: number },
): number {
  for (let target = limits.largest; target > limits.smallest; target -= 4) {
    if (gridLayout({ ...options, target: target * options.density }).contentHeight <= viewHeight) return target
  }
  return limits.smallest
}
