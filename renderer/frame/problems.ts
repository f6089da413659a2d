import { computed, type ComputedRef } from 'vue'
import type { DataProblem } from '../../engine/protocol/data.ts'
import { useDataStore } from '../stores/data.ts'
import { useTrainingStore } from '../stores/training.ts'

/** Everything a person should know about: of the data set in the window, and of the run that is shown. */
export function useProblems(): { listed: ComputedRef<readonly DataProblem[]>; count: ComputedRef<number> } {
  const data = useDataStore()
  const training = useTrainingStore()
  const listed = computed(() => [...(data.opened?.summary.problems ?? []), ...training.record.problems])
  const count = computed(() => (data.opened?.summary.problemCount ?? 0) + training.record.problemCount)
  return { listed, count }
}
