import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { formatInteger } from '../i18n/format.ts'
import { text } from '../i18n/text.ts'
import { useConnectionStore } from './connection.ts'
import { applyLogEntry, emptyRunRecord, isLive } from './run-record.ts'
import type { RunRecord } from './run-record.ts'
import { useRunsStore } from './runs.ts'

/** What a run tells within this time reaches the page at once: a long log that is replayed must not lay it out anew for every line. */
const BATCH_MS = 16

/** The run in view: its log, followed from the first entry, and what can be asked of its trainer. */
export const useTrainingStore = defineStore('training', () => {
  const connection = useConnectionStore()
  const runs = useRunsStore()

  const runId = shallowRef<string>()
  const logged = shallowRef(emptyRunRecord())
  const listed = computed(() => runs.runs?.find(({ id }) => id === runId.value))
  /** The process of another program that trains the run. */
  const trainedBy = computed(() => listed.value?.trainedBy)
  const record = computed(() => {
    if (trainedBy.value !== undefined) return elsewhere(logged.value, trainedBy.value)
    return isAbandoned.value ? interrupted(logged.value) : logged.value
  })
  /** Its log ends in the middle and nobody trains it: the engine itself was ended, and could not say so. */
  const isAbandoned = computed(() => listed.value?.phase === 'interrupted' && isLive(logged.value.phase))
  /** Why the run cannot be shown, as a sentence. */
  const error = shallowRef<string>()
  let stop: (() => void) | undefined
  let heard: RunLogEntry[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

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
    heard.push(entry)
    // A timer and not a frame: frames do not come while the window is hidden, and the log must not pile up.
    timer ??= setTimeout(applyHeard, BATCH_MS)
  }

  function applyHeard(): void {
    timer = undefined
    const entries = heard
    heard = []
    logged.value = entries.reduce(applyLogEntry, logged.value)
  }

  function leave(): void {
    stop?.()
    stop = undefined
    clearTimeout(timer)
    timer = undefined
    heard = []
    runId.value = undefined
    logged.value = emptyRunRecord()
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

  return { runId, record, run, error, isRunning, trainedBy, follow, leave, setLearningRate, continueRun }
})

/** The record of a run whose engine ended, as the engine tells it where only the trainer has ended. */
function interrupted(record: RunRecord): RunRecord {
  const { checkpointStep } = record
  const step = formatInteger(record.step)
  const message =
    checkpointStep === undefined
      ? text('train.status.engineEndedEarly', { step })
      : text('train.status.engineEnded', { step, checkpoint: formatInteger(checkpointStep) })
  return { ...record, phase: 'interrupted', message }
}

/** The record of a run that another program trains: what it had written when the run was opened here. */
function elsewhere(record: RunRecord, trainer: string): RunRecord {
  return { ...record, phase: 'interrupted', message: text('train.status.elsewhere', { trainer }) }
}
