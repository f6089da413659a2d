import type { DataProblem } from '../../engine/protocol/data.ts'
import type { DeviceChoice, OpenedRun, RunLogEntry, RunPhase } from '../../engine/protocol/runs.ts'
import { PointSeries } from '../drawing/point-series.ts'

export type Entry<K extends RunLogEntry['kind']> = Extract<RunLogEntry, { kind: K }>

/** Everything a window knows of one run, built from its log alone. Series grow in place; `revision` tells that they did. */
export interface RunRecord {
  readonly revision: number
  readonly run?: OpenedRun
  readonly phase: RunPhase
  /** What the phase has to say for itself: why it failed, where it was interrupted. */
  readonly message?: string | undefined
  /** Steps done. */
  readonly step: number
  readonly epoch: number
  /** Work before the first step, or the newest of it. */
  readonly progress?: Entry<'progress'> | undefined
  readonly losses: PointSeries
  /** Mean over the batches since the point before. */
  readonly trainAccuracies: PointSeries
  readonly imagesPerSecond: number
  /** How much of its newest steps' time went by waiting for their pictures, 0–1; unknown in runs from before. */
  readonly inputShare?: number | undefined
  readonly learningRate?: number
  readonly evaluations: readonly Entry<'evaluation'>[]
  /** Steps at which a person (not the schedule) changed the learning rate. */
  readonly learningRateChanges: readonly Entry<'learningRate'>[]
  readonly snapshots?: Entry<'snapshot'>
  /** Snapshots ever taken, kept or thinned out since. */
  readonly snapshotsTaken: number
  readonly device?: DeviceChoice
  readonly hasFallenBack: boolean
  readonly problems: readonly DataProblem[]
  readonly problemCount: number
  readonly checkpointStep?: number
  readonly finished?: Entry<'finished'>
}

const PROBLEMS_KEPT = 1000

export function emptyRunRecord(): RunRecord {
  return {
    revision: 0,
    phase: 'preparing',
    step: 0,
    epoch: 0,
    losses: new PointSeries(),
    trainAccuracies: new PointSeries(),
    imagesPerSecond: 0,
    evaluations: [],
    learningRateChanges: [],
    snapshotsTaken: 0,
    hasFallenBack: false,
    problems: [],
    problemCount: 0,
  }
}

/** The record after one more entry of the log. */
export function applyLogEntry(record: RunRecord, entry: RunLogEntry): RunRecord {
  const next = { ...record, revision: record.revision + 1 }
  switch (entry.kind) {
    case 'phase':
      return {
        ...forgetAfter(next, entry.step),
        phase: entry.phase,
        step: entry.step,
        message: entry.message,
        // Progress of preparing means nothing once training runs.
        progress: entry.phase === 'preparing' ? next.progress : undefined,
        // A run that goes on opens its data again, and says again what is wrong with it.
        ...(entry.phase === 'preparing' ? { problems: [], problemCount: 0 } : {}),
      }
    case 'progress':
      return { ...next, progress: entry }
    case 'prepared':
      return { ...next, run: entry.run, ...(entry.run.device && { device: entry.run.device }) }
    case 'steps':
      return applySteps(next, entry)
    case 'evaluation': {
      const isInOrder = (next.evaluations.at(-1)?.step ?? -1) < entry.step
      const others = isInOrder
        ? next.evaluations
        : next.evaluations.filter((other) => other.split !== entry.split || other.step < entry.step)
      return { ...next, evaluations: [...others, entry] }
    }
    case 'snapshot': {
      // Steps trained again after a checkpoint replace their snapshots.
      const isNew = entry.step > (next.snapshots?.step ?? -1)
      return { ...next, snapshots: entry, snapshotsTaken: next.snapshotsTaken + (isNew ? 1 : 0) }
    }
    case 'checkpoint':
      return { ...next, checkpointStep: entry.step }
    case 'learningRate':
      return {
        ...next,
        learningRate: entry.learningRate,
        learningRateChanges: [...next.learningRateChanges, entry],
      }
    case 'device':
      return { ...next, device: entry.device, hasFallenBack: next.hasFallenBack || entry.fallback }
    case 'problem':
      return {
        ...next,
        problems: next.problems.length < PROBLEMS_KEPT ? [...next.problems, entry.problem] : next.problems,
        problemCount: next.problemCount + 1,
      }
    case 'finished':
      return { ...next, finished: entry }
  }
}

function applySteps(record: RunRecord, entry: Entry<'steps'>): RunRecord {
  const from = entry.step - entry.losses.length
  entry.losses.forEach((loss, index) => record.losses.push(from + index + 1, loss))
  record.trainAccuracies.push(entry.step, entry.trainAccuracy)
  return {
    ...record,
    step: entry.step,
    epoch: entry.epoch,
    learningRate: entry.learningRate,
    imagesPerSecond: entry.imagesPerSecond,
    inputShare: entry.inputShare,
    progress: undefined,
  }
}

/** A run that goes on from a checkpoint trains the steps after it again. */
function forgetAfter(record: RunRecord, step: number): RunRecord {
  if (step >= record.step) return record
  const stepsPerEpoch = record.run?.stepsPerEpoch ?? 0
  return {
    ...record,
    epoch: stepsPerEpoch > 0 ? Math.ceil(step / stepsPerEpoch) : record.epoch,
    ...(record.snapshots && {
      snapshots: { ...record.snapshots, keptSteps: record.snapshots.keptSteps.filter((kept) => kept <= step) },
    }),
    evaluations: record.evaluations.filter((evaluation) => evaluation.step <= step),
    learningRateChanges: record.learningRateChanges.filter((change) => change.step <= step),
  }
}

/** The validation evaluation with the smallest loss, the earliest of equals. */
export function bestValidation(evaluations: RunRecord['evaluations']): Entry<'evaluation'> | undefined {
  let best: Entry<'evaluation'> | undefined
  for (const evaluation of evaluations) {
    if (evaluation.split !== 'validation') continue
    if (best === undefined || evaluation.loss < best.loss) best = evaluation
  }
  return best
}

export function newestEvaluation(record: RunRecord, split: 'validation' | 'test'): Entry<'evaluation'> | undefined {
  return record.evaluations.findLast((evaluation) => evaluation.split === split)
}

/** Whether the trainer is at work on (or waits with) the run. */
export function isLive(phase: RunPhase): boolean {
  return phase === 'preparing' || phase === 'running' || phase === 'paused'
}

/** Seconds of training left at the present rate; undefined while that is unknown. */
export function secondsLeft(record: RunRecord): number | undefined {
  const { run, imagesPerSecond, step } = record
  if (run === undefined || imagesPerSecond <= 0 || run.stepsPerEpoch === 0) return undefined
  const imagesPerStep = run.data.counts.train / run.stepsPerEpoch
  return (Math.max(0, run.totalSteps - step) * imagesPerStep) / imagesPerSecond
}
