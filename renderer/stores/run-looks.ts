import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { VerdictLook } from '../../engine/protocol/verdicts.ts'
import { firstStructured } from '../verdicts/run-looks.ts'
import { useConnectionStore } from './connection.ts'
import { useTrainingStore } from './training.ts'

/** All looks at the filters of the run in view. The engine goes on looking for as long as this is watched. */
export const useRunLooksStore = defineStore('runLooks', () => {
  const connection = useConnectionStore()
  const training = useTrainingStore()

  /** Oldest first; undefined before the first word of the engine. */
  const looks = shallowRef<readonly VerdictLook[]>()
  const error = shallowRef<string>()
  const isWatched = shallowRef(false)
  const tries = shallowRef(0)
  const first = computed(() => firstStructured(looks.value ?? []))

  watch(
    () => training.runId,
    () => {
      looks.value = undefined
      error.value = undefined
    },
  )
  const hasRun = computed(() => training.run !== undefined)
  watch(
    [() => training.runId, hasRun, isWatched, tries],
    ([runId, isPrepared, watched], _, onCleanup) => {
      if (runId === undefined || !isPrepared || !watched) return
      const onFailure = (failure: Error): void => void (error.value = failure.message)
      const stop = connection.client().subscribe({ kind: 'verdicts', runId }, { onFailure }, (next) => {
        looks.value = next
        error.value = undefined
      })
      onCleanup(stop)
    },
    { immediate: true },
  )

  /** Follows again after an error. */
  function retry(): void {
    error.value = undefined
    tries.value++
  }

  return { looks, error, isWatched, first, retry }
})
