import { clamp, tileSize, weightAt } from './wall-layout.ts'
import type { ArrowKey, FoldPlace, LabelPlace, Rect, TilePlace, WallHit, WallLayout } from './wall-layout.ts'

export interface RowsOptions {
  readonly count: number
  readonly channels: number
  readonly kernelWidth: number
  readonly kernelHeight: number
  readonly width: number
  readonly viewHeight: number
  readonly target: number
  readonly density: number
  readonly showsBirth: boolean
  /** Positions whose folded channels are opened; 'all' opens every row. */
  readonly opened: ReadonlySet<number> | 'all'
}

const MARGIN = 12
const LABEL_WIDTH = 56
const FOLD_WIDTH = 48
const ROW_GAP = 10
const BIRTH_GAP = 2

/**
 * One row per filter with a small tile per input channel, the kernel at birth under each. Channels that do not fit
 * into one line are folded behind a cell that tells how many; an opened row wraps into further lines.
 */
export function rowsLayout(options: RowsOptions): WallLayout {
  const { count, channels, kernelWidth, kernelHeight, density, opened } = options
  const scaled = (length: number): number => Math.round(length * density)
  const margin = scaled(MARGIN)
  const now = tileSize(kernelWidth, kernelHeight, options.target)
  const single = kernelWidth === 1 && kernelHeight === 1
  const gap = single ? Math.max(1, scaled(1)) : scaled(4)
  const birthTarget = Math.max(Math.max(now.width, now.height) / 2, scaled(8))
  const birthSize = options.showsBirth
    ? single
      ? { width: now.width, height: Math.max(scaled(4), Math.round(now.height / 2)) }
      : tileSize(kernelWidth, kernelHeight, birthTarget)
    : { width: 0, height: 0 }
  const birth = { ...birthSize, offsetX: 0, offsetY: now.height + scaled(BIRTH_GAP) }
  const lineHeight = now.height + (options.showsBirth ? scaled(BIRTH_GAP) + birth.height : 0)
  const linePitch = lineHeight + scaled(single ? 4 : 6)
  const tilesX = margin + scaled(LABEL_WIDTH)
  const pitchX = Math.max(now.width, birth.width) + gap
  const room = options.width - tilesX - margin
  const perLine = Math.max(1, Math.floor((room + gap) / pitchX))
  const isFolding = channels > perLine
  const foldWidth = scaled(FOLD_WIDTH)
  const shownFolded = isFolding ? Math.max(1, Math.floor((room - foldWidth) / pitchX)) : channels
  // An opened row ends in a cell that folds it again, so that cell takes room too.
  const openedLines = Math.ceil((channels + (isFolding ? Math.ceil(foldWidth / pitchX) : 0)) / perLine)
  const smallestRow = scaled(30)
  const rowGap = scaled(ROW_GAP)
  const heightOfLines = (lines: number): number => Math.max(smallestRow, lines * linePitch - (linePitch - lineHeight))
  const foldedHeight = heightOfLines(1)
  const openedHeight = heightOfLines(isFolding ? openedLines : 1)

  const tops = new Float64Array(count + 1)
  tops[0] = margin
  for (let position = 0; position < count; position++) {
    const height = isOpened(position) ? openedHeight : foldedHeight
    tops[position + 1] = (tops[position] ?? 0) + height + rowGap
  }
  const contentHeight = count === 0 ? 0 : (tops[count] ?? 0) - rowGap + margin

  function isOpened(position: number): boolean {
    return isFolding && (opened === 'all' || opened.has(position))
  }
  const topOf = (position: number): number => tops[position] ?? 0

  /** The last row that begins at or above y. */
  function rowAt(y: number): number {
    let low = 0
    let high = Math.max(0, count - 1)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (topOf(middle) <= y) low = middle
      else high = middle - 1
    }
    return low
  }

  function positionsBetween(top: number, bottom: number): { from: number; to: number } {
    if (count === 0 || bottom < margin) return { from: 0, to: 0 }
    return { from: rowAt(top), to: Math.min(count, rowAt(bottom) + 1) }
  }

  function tilesBetween(top: number, bottom: number): TilePlace[] {
    const { from, to } = positionsBetween(top, bottom)
    const places: TilePlace[] = []
    for (let position = from; position < to; position++) {
      const shown = isOpened(position) ? channels : shownFolded
      const rowTop = topOf(position)
      const firstLine = Math.max(0, Math.floor((top - rowTop - lineHeight) / linePitch))
      for (let channel = firstLine * perLine; channel < shown; channel++) {
        const y = rowTop + Math.floor(channel / perLine) * linePitch
        if (y > bottom) break
        places.push({ position, channel, x: tilesX + (channel % perLine) * pitchX, y })
      }
    }
    return places
  }

  function labelsBetween(top: number, bottom: number): LabelPlace[] {
    const { from, to } = positionsBetween(top, bottom)
    return Array.from({ length: to - from }, (_, index) => ({
      position: from + index,
      x: margin,
      y: topOf(from + index) + scaled(8),
    }))
  }

  function foldOf(position: number): FoldPlace {
    const cell = isOpened(position) ? channels : shownFolded
    return {
      position,
      hidden: isOpened(position) ? 0 : channels - shownFolded,
      x: tilesX + (cell % perLine) * pitchX,
      y: topOf(position) + Math.floor(cell / perLine) * linePitch,
      width: foldWidth,
      height: lineHeight,
    }
  }

  function foldsBetween(top: number, bottom: number): FoldPlace[] {
    if (!isFolding) return []
    const { from, to } = positionsBetween(top, bottom)
    return Array.from({ length: to - from }, (_, index) => foldOf(from + index))
  }

  function boundsOf(position: number): Rect {
    const y = topOf(position)
    return { x: margin, y, width: options.width - 2 * margin, height: topOf(position + 1) - rowGap - y }
  }

  function hitAt(x: number, y: number): WallHit | undefined {
    if (count === 0) return undefined
    const position = rowAt(y)
    const bounds = boundsOf(position)
    const insideRow = y - bounds.y
    if (insideRow < 0 || insideRow >= bounds.height || x < bounds.x || x >= bounds.x + bounds.width) return undefined
    if (isFolding) {
      const fold = foldOf(position)
      if (x >= fold.x && x < fold.x + fold.width && y >= fold.y && y < fold.y + fold.height) {
        return { kind: 'fold', position }
      }
    }
    const column = Math.floor((x - tilesX) / pitchX)
    const line = Math.floor(insideRow / linePitch)
    const channel = line * perLine + column
    const shown = isOpened(position) ? channels : shownFolded
    if (column < 0 || column >= perLine || channel >= shown) return { kind: 'filter', position }
    const insideX = x - tilesX - column * pitchX
    const insideY = insideRow - line * linePitch
    if (insideX < now.width && insideY < now.height) {
      const weight = weightAt(insideX, insideY, now, kernelWidth, kernelHeight)
      return { kind: 'tile', position, channel, part: 'now', ...weight }
    }
    const birthY = insideY - birth.offsetY
    if (insideX < birth.width && birthY >= 0 && birthY < birth.height) {
      const weight = weightAt(insideX, birthY, birth, kernelWidth, kernelHeight)
      return { kind: 'tile', position, channel, part: 'birth', ...weight }
    }
    return { kind: 'filter', position }
  }

  function neighbour(position: number, key: ArrowKey): number {
    const page = Math.max(1, Math.floor(options.viewHeight / (foldedHeight + rowGap)))
    const moves: Record<ArrowKey, number> = {
      ArrowLeft: position - 1,
      ArrowRight: position + 1,
      ArrowUp: position - 1,
      ArrowDown: position + 1,
      PageUp: position - page,
      PageDown: position + page,
      Home: 0,
      End: count - 1,
    }
    return clamp(moves[key], 0, Math.max(0, count - 1))
  }

  return {
    count,
    now,
    birth,
    contentHeight,
    tilesBetween,
    labelsBetween,
    foldsBetween,
    boundsOf,
    positionsBetween,
    hitAt,
    neighbour,
  }
}

/**
 * The tile length (CSS pixels) at which everything is seen without scrolling or folding; else the largest up to
 * `comfortable` that folds nothing; else `smallest`.
 */
export function fittingRowsTarget(
  options: Omit<RowsOptions, 'target' | 'opened'>,
  limits: { readonly smallest: number; readonly comfortable: number; readonly largest: number },
): number {
  let unfolded: number | undefined
  for (let target = limits.largest; target > limits.smallest; target -= 2) {
    const layout = rowsLayout({ ...options, target: target * options.density, opened: new Set() })
    if (layout.foldsBetween(0, options.viewHeight).length > 0) continue
    if (layout.contentHeight <= options.viewHeight) return target
    if (target <= limits.comfortable) unfolded ??= target
  }
  return unfolded ?? limits.smallest
}
