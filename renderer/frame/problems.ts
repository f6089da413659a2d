import { computed, type ComputedRef } from 'vue'
import type { DataProblem } from '../../engine/protocol/data.ts'
import { useDataStore } from '../stores/data.ts'
import { useDataExaminationStore } from '../stores/data-examination.ts'
import { useTrainingStore } from '../stores/training.ts'

export interface Problems {
  readonly listed: readonly DataProblem[]
  /** All there are, listed or not. */
  readonly count: number
}

/** Both together; what a run says again of the data in the window is the same problem, not another one. */
export function mergeProblems(one: Problems, other: Problems): Problems {
  const known = new Set(one.listed.map(keyOf))
  const added = other.listed.filter((problem) => !known.has(keyOf(problem)))
  const repeated = other.listed.length - added.length
  return { listed: [...one.listed, ...added], count: one.count + other.count - repeated }
}

const keyOf = ({ path, message }: DataProblem): string => JSON.stringify([path, message])

/** Everything a person should know about: of the data set in the window, and of the run that is shown. */
export function useProblems(): { listed: ComputedRef<readonly DataProblem[]>; count: ComputedRef<number> } {
  const data = useDataStore()
  const examining = useDataExaminationStore()
  const training = useTrainingStore()
  const merged = computed(() => {
    const summary = data.opened?.summary
    const { problems, problemCount } = training.record
    const { examination } = examining
    const repeated = {
      listed: examination?.problems ?? [],
      count: (examination?.exact ?? 0) + (examination?.near ?? 0),
    }
    const ofData = mergeProblems({ listed: summary?.problems ?? [], count: summary?.problemCount ?? 0 }, repeated)
    return mergeProblems(ofData, { listed: problems, count: problemCount })
  })
  return { listed: computed(() => merged.value.listed), count: computed(() => merged.value.count) }
}
