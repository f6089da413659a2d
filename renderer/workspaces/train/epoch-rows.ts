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

interface EndedEpochs extends Pick<RunRecord, 'losses' | 'trainAccuracies' | 'evaluations'> {
  readonly epochs: number
  readonly stepsPerEpoch: number
}

/** A run's course, one row per epoch that has ended. */
export function epochRows({ epochs, stepsPerEpoch, losses, trainAccuracies, evaluations }: EndedEpochs): EpochRow[] {
  const validations = new Map(
    evaluations.flatMap((entry) => (entry.split === 'validation' ? [[entry.step, entry] as const] : [])),
  )
  return Array.from({ length: epochs }, (_, index) => {
    const to = (index + 1) * stepsPerEpoch
    const validation = validations.get(to)
    return {
      epoch: index + 1,
      trainingLoss: meanBetween(losses, to - stepsPerEpoch, to),
      trainingAccuracy: meanBetween(trainAccuracies, to - stepsPerEpoch, to),
      validationLoss: validation?.loss,
      validationAccuracy: validation?.accuracy,
    }
  })
}
