import { fittingGridTarget, gridLayout } from '../../drawing/grid-layout.ts'
import { fittingRowsTarget, rowsLayout } from '../../drawing/rows-layout.ts'
import type { WallLayout } from '../../drawing/wall-layout.ts'
import type { WallView } from './wall-view.ts'

export interface WallSubject {
  readonly count: number
  /** Tiles per filter: input channels, or 1 where they are shown as one. */
  readonly channels: number
  readonly kernelWidth: number
  readonly kernelHeight: number
  readonly showsBirth: boolean
  /** Shortest tile of a grid, CSS pixels. */
  readonly smallest: number
  /** How much larger or smaller than fitting the tiles are. */
  readonly zoom: number
  readonly opened: ReadonlySet<number> | 'all'
}

const LARGEST_GRID_TILE = 220
const ROW_LIMITS = { smallest: 20, comfortable: 30, largest: 72 }
const SINGLE_WEIGHT_LIMITS = { smallest: 8, comfortable: 12, largest: 20 }

/** A grid where each filter is one tile, else a row of channel tiles per filter; the tiles use the room there is. */
export function arrangeWall(subject: WallSubject, view: WallView): WallLayout {
  const { count, channels, kernelWidth, kernelHeight, showsBirth } = subject
  const base = {
    count,
    kernelWidth,
    kernelHeight,
    width: Math.round(view.width * view.density),
    viewHeight: Math.round(view.height * view.density),
    density: view.density,
  }
  if (channels === 1) {
    const limits = { smallest: subject.smallest, largest: LARGEST_GRID_TILE }
    const fit = (birth: 'under' | 'beside' | 'none'): number =>
      fittingGridTarget({ ...base, birth }, base.viewHeight, limits)
    // Beside its tile the birth leaves more height, which is worth it where few filters share a wide wall.
    const birth = !showsBirth ? 'none' : fit('beside') > fit('under') ? 'beside' : 'under'
    return gridLayout({ ...base, birth, target: Math.round(fit(birth) * subject.zoom * view.density) })
  }
  const isSingleWeight = kernelWidth * kernelHeight === 1
  const limits = isSingleWeight ? SINGLE_WEIGHT_LIMITS : ROW_LIMITS
  const fitting = fittingRowsTarget({ ...base, channels, showsBirth }, limits)
  const target = Math.round(fitting * subject.zoom * view.density)
  return rowsLayout({ ...base, channels, showsBirth, target, opened: subject.opened })
}
