import type { PointSeries } from '../../drawing/point-series.ts'
import type { RunRecord } from '../../stores/run-record.ts'

export interface EpochRow {
  readonly epoch: number
  /** Means over the epoch. */
  readonly trainingLoss?: number | undefined
  readonly trainingAccuracy?: number | undefined
  /** At its end. */
  readonly validationLoss?: number | undefined
  readonly validationAccuracy?: number | undefined
}

/** Mean of the points after `from` up to and with `to`. */
function meanBetween(series: PointSeries, from: number, to: number): number | undefined {
  const start = series.indexAt(from + 1)
  const end = series.indexAt(to + 1)
  if (end <= start) return undefined
  let sum = 0
  for (let index = start; index < end; index++) sum += series.values[index] ?? NaN
  return sum / (end - start)
}

/** A run's course, one row per epoch that has begun. */
export function epochRows(record: RunRecord): EpochRow[] {
  const stepsPerEpoch = record.run?.stepsPerEpoch ?? 0
  if (stepsPerEpoch === 0) return []
  const epochs = Math.ceil(record.step / stepsPerEpoch)
  return Array.from({ length: epochs }, (_, index) => {
    const to = (index + 1) * stepsPerEpoch
    const validation = record.evaluations.find((entry) => entry.split === 'validation' && entry.step === to)
    return {
      epoch: index + 1,
      trainingLoss: meanBetween(record.losses, to - stepsPerEpoch, to),
      trainingAccuracy: meanBetween(record.trainAccuracies, to - stepsPerEpoch, to),
      validationLoss: validation?.loss,
      validationAccuracy: validation?.accuracy,
    }
  })
}
