import type { RunDescription } from '../../../engine/protocol/runs.ts'
import { optimizerName } from '../model/optimizer-name.ts'

export const runColumns = [
  'phase',
  'architecture',
  'data',
  'optimizer',
  'learningRate',
  'batchSize',
  'epochs',
  'seed',
  'accuracy',
  'duration',
  'date',
] as const
export type RunColumn = (typeof runColumns)[number]

export interface RunSort {
  readonly column: RunColumn
  readonly descending: boolean
}

export const newestFirst: RunSort = { column: 'date', descending: true }

/** Where a number or a date is what one looks for, the largest is wanted first. */
const largestFirst: readonly RunColumn[] = ['accuracy', 'duration', 'date']

/** By this column; again by the same one turns the order round. */
export function sortBy(column: RunColumn, before: RunSort): RunSort {
  if (before.column === column) return { column, descending: !before.descending }
  return { column, descending: largestFirst.includes(column) }
}

/** What a column is sorted by; undefined where a run has no such thing. */
function valueOf(run: RunDescription, column: RunColumn): string | number | undefined {
  const { training } = run
  switch (column) {
    case 'phase':
      return run.trainedBy === undefined ? run.phase : 'running'
    case 'architecture':
      return run.architectureName
    case 'data':
      return `${run.dataTitle} ${run.control}`
    case 'optimizer':
      return optimizerName(training.optimizer)
    case 'accuracy':
      return run.testAccuracy
    case 'duration':
      return run.elapsedMs
    case 'date':
      return run.createdAt
    default:
      return training[column]
  }
}

/** Sorted; runs without a value come last either way, and equal ones newest first. */
export function sortRuns(runs: readonly RunDescription[], { column, descending }: RunSort): RunDescription[] {
  return runs.toSorted((one, other) => {
    const [a, b] = [valueOf(one, column), valueOf(other, column)]
    if (a === undefined || b === undefined) {
      if (a !== b) return a === undefined ? 1 : -1
    } else {
      const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))
      if (order !== 0) return descending ? -order : order
    }
    return other.createdAt.localeCompare(one.createdAt)
  })
}
