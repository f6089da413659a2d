import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { useConnectionStore } from './connection.ts'
import { applyLogEntry, emptyRunRecord, isLive } from './run-record.ts'
import { useRunsStore } from './runs.ts'

/** The run in view: its log, followed from the first entry, and what can be asked of its trainer. */
export const useTrainingStore = defineStore('training', () => {
  const connection = useConnectionStore()
  const runs = useRunsStore()

  const runId = shallowRef<string>()
  const record = shallowRef(emptyRunRecord())
  /** Why the run cannot be shown, as a sentence. */
  const error = shallowRef<string>()
  let stop: (() => void) | undefined

  const run = computed(() => record.value.run)
  const isRunning = computed(() => runId.value !== undefined && isLive(record.value.phase))

  /** Shows a run, live or from its folder, in place of the one in view. */
  function follow(id: string): void {
    if (id === runId.value && error.value === undefined) return
    leave()
    runId.value = id
    stop = connection
      .client()
      .subscribe(
        { kind: 'run', runId: id },
        { since: 0, onFailure: (failure) => (error.value = failure.message) },
        (entry) => {
          if (runId.value === id) accept(entry)
        },
      )
  }

  function accept(entry: RunLogEntry): void {
    record.value = applyLogEntry(record.value, entry)
  }

  function leave(): void {
    stop?.()
    stop = undefined
    runId.value = undefined
    record.value = emptyRunRecord()
    error.value = undefined
  }

  async function setLearningRate(learningRate: number): Promise<void> {
    const id = runId.value
    if (id !== undefined) await connection.client().request('runs.setLearningRate', { runId: id, learningRate })
  }

  /** Goes on from the last checkpoint. */
  async function continueRun(): Promise<void> {
    const id = runId.value
    if (id === undefined) return
    follow(await runs.goOn(id))
  }

  // Whoever started it, a run that trains is what a person wants to see.
  watch(
    () => runs.active?.id,
    (active) => active !== undefined && follow(active),
    { immediate: true },
  )

  return { runId, record, run, error, isRunning, follow, leave, setLearningRate, continueRun }
})
