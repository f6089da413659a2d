import type { FilterPlace } from '../verdicts/run-looks.ts'
import { bestValidation } from './run-record.ts'
import type { RunRecord } from './run-record.ts'

export interface TimelineMark {
  readonly kind: 'epoch' | 'bestValidation' | 'learningRate' | 'firstStructured'
  readonly step: number
  /** Epoch number, validation loss, learning rate or index of a filter. */
  readonly value: number
  /** Whose filter it is. */
  readonly layer?: string
}

/** Index of the last kept step at or before `step`; 0 where there is none. */
function indexAtOrBefore(kept: readonly number[], step: number): number {
  let low = 0
  let high = Math.max(0, kept.length - 1)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((kept[middle] ?? 0) <= step) low = middle
    else high = middle - 1
  }
  return low
}

/** The kept step (ascending list) closest to a wanted one; 0, the birth, where none is kept. */
export function nearestKept(kept: readonly number[], step: number): number {
  const before = indexAtOrBefore(kept, step)
  const below = kept[before] ?? 0
  const above = kept[before + 1] ?? below
  return above - step < step - below ? above : below
}

export function nextKept(kept: readonly number[], step: number): number | undefined {
  return kept[kept.length > 0 && (kept[0] ?? 0) > step ? 0 : indexAtOrBefore(kept, step) + 1]
}

export function previousKept(kept: readonly number[], step: number): number | undefined {
  const at = indexAtOrBefore(kept, step)
  const below = kept[at]
  if (below !== undefined && below < step) return below
  return at > 0 ? kept[at - 1] : undefined
}

/** What deserves a mark on the timeline, in order of step. */
export function timelineMarks({
  run,
  evaluations,
  learningRateChanges,
  firstStructured,
}: Pick<RunRecord, 'run' | 'evaluations' | 'learningRateChanges'> & {
  /** The first filter that was found structured. */
  readonly firstStructured?: FilterPlace | undefined
}): TimelineMark[] {
  const marks: TimelineMark[] = []
  if (run !== undefined && run.stepsPerEpoch > 0) {
    for (let epoch = 1; epoch * run.stepsPerEpoch <= run.totalSteps; epoch++) {
      marks.push({ kind: 'epoch', step: epoch * run.stepsPerEpoch, value: epoch })
    }
  }
  const best = bestValidation(evaluations)
  if (best !== undefined) marks.push({ kind: 'bestValidation', step: best.step, value: best.loss })
  for (const change of learningRateChanges) {
    marks.push({ kind: 'learningRate', step: change.step, value: change.learningRate })
  }
  if (firstStructured !== undefined) {
    const { step, filter, layer } = firstStructured
    marks.push({ kind: 'firstStructured', step, value: filter, layer })
  }
  return marks.sort((one, other) => one.step - other.step)
}

/**
 * Every how many-th kept step to play, and how long to show each, so that a whole run takes about `seconds` and no step
 * is shown for less than a frame of `shortestMs`.
 */
export function playbackPace(
  keptCount: number,
  seconds: number,
  shortestMs: number,
): { readonly stride: number; readonly pauseMs: number } {
  const wantedMs = (seconds * 1000) / Math.max(1, keptCount - 1)
  const stride = Math.max(1, Math.ceil(shortestMs / wantedMs))
  return { stride, pauseMs: Math.min(500, Math.max(shortestMs, wantedMs * stride)) }
}
