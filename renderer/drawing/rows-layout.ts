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
const FOLD_WIDTH = 60
const ROW_GAP = 10
const BIRTH_GAP = 2
const BLOCK_GAP = 28

/**
 * One row per filter with a small tile per input channel, the kernel at birth under each; rows stand in several columns
 * where they are short. Channels that do not fit into one line are folded behind a cell that tells how many; an opened
 * row wraps into further lines.
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

  const rowWidth = isFolding ? options.width - 2 * margin : scaled(LABEL_WIDTH) + channels * pitchX - gap
  const blockPitch = rowWidth + scaled(BLOCK_GAP)
  const blocks = isFolding ? 1 : Math.max(1, Math.floor((options.width - 2 * margin + scaled(BLOCK_GAP)) / blockPitch))
  const bands = Math.ceil(count / blocks)
  // Only rows that fold can be opened, and those stand in one column: a band is then one row.
  const tops = new Float64Array(bands + 1)
  tops[0] = margin
  for (let band = 0; band < bands; band++) {
    tops[band + 1] = (tops[band] ?? 0) + (isOpened(band) ? openedHeight : foldedHeight) + rowGap
  }
  const contentHeight = count === 0 ? 0 : (tops[bands] ?? 0) - rowGap + margin

  function isOpened(position: number): boolean {
    return isFolding && (opened === 'all' || opened.has(position))
  }
  const topOf = (position: number): number => tops[Math.floor(position / blocks)] ?? 0
  const leftOf = (position: number): number => margin + (position % blocks) * blockPitch

  /** The last band of rows that begins at or above y. */
  function bandAt(y: number): number {
    let low = 0
    let high = Math.max(0, bands - 1)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((tops[middle] ?? 0) <= y) low = middle
      else high = middle - 1
    }
    return low
  }

  function positionsBetween(top: number, bottom: number): { from: number; to: number } {
    if (count === 0 || bottom < margin) return { from: 0, to: 0 }
    return { from: bandAt(top) * blocks, to: Math.min(count, (bandAt(bottom) + 1) * blocks) }
  }

  function tilesBetween(top: number, bottom: number): TilePlace[] {
    const { from, to } = positionsBetween(top, bottom)
    const places: TilePlace[] = []
    for (let position = from; position < to; position++) {
      const shown = isOpened(position) ? channels : shownFolded
      const rowTop = topOf(position)
      const rowX = leftOf(position) + scaled(LABEL_WIDTH)
      const firstLine = Math.max(0, Math.floor((top - rowTop - lineHeight) / linePitch))
      for (let channel = firstLine * perLine; channel < shown; channel++) {
        const y = rowTop + Math.floor(channel / perLine) * linePitch
        if (y > bottom) break
        places.push({ position, channel, x: rowX + (channel % perLine) * pitchX, y })
      }
    }
    return places
  }

  function labelsBetween(top: number, bottom: number): LabelPlace[] {
    const { from, to } = positionsBetween(top, bottom)
    return Array.from({ length: to - from }, (_, index) => ({
      position: from + index,
      x: leftOf(from + index),
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
    const height = isOpened(position) ? openedHeight : foldedHeight
    return { x: leftOf(position), y: topOf(position), width: rowWidth, height }
  }

  function hitAt(x: number, y: number): WallHit | undefined {
    if (count === 0) return undefined
    const block = Math.floor((x - margin) / blockPitch)
    const position = bandAt(y) * blocks + block
    if (block < 0 || block >= blocks || position >= count) return undefined
    const bounds = boundsOf(position)
    const insideRow = y - bounds.y
    if (insideRow < 0 || insideRow >= bounds.height || x < bounds.x || x >= bounds.x + bounds.width) return undefined
    if (isFolding) {
      const fold = foldOf(position)
      if (x >= fold.x && x < fold.x + fold.width && y >= fold.y && y < fold.y + fold.height) {
        return { kind: 'fold', position }
      }
    }
    const insideTiles = x - bounds.x - scaled(LABEL_WIDTH)
    const column = Math.floor(insideTiles / pitchX)
    const line = Math.floor(insideRow / linePitch)
    const channel = line * perLine + column
    const shown = isOpened(position) ? channels : shownFolded
    if (column < 0 || column >= perLine || channel >= shown) return { kind: 'filter', position }
    const insideX = insideTiles - column * pitchX
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
    const page = Math.max(1, Math.floor(options.viewHeight / (foldedHeight + rowGap))) * blocks
    const moves: Record<ArrowKey, number> = {
      ArrowLeft: position - 1,
      ArrowRight: position + 1,
      ArrowUp: position - blocks,
      ArrowDown: position + blocks,
      PageUp: position - page,
      PageDown: position + page,
      Home: 0,
      End: count - 1,
    }
    const next = moves[key]
    const leavesColumn = (key === 'ArrowUp' || key === 'ArrowDown') && (next < 0 || next >= count)
    return leavesColumn ? position : clamp(next, 0, Math.max(0, count - 1))
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
