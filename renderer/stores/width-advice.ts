import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import type { WidthAdvice } from '../../engine/protocol/advice.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { useConnectionStore } from './connection.ts'
import { useRunsStore } from './runs.ts'
import { createTask } from './task.ts'
import { useTimelineStore } from './timeline.ts'
import { useTrainViewStore } from './train-view.ts'
import { useTrainingStore } from './training.ts'

/** Whether the layer in view has enough filters at the moment of the timeline, and the run that begins with others. */
export const useWidthAdviceStore = defineStore('widthAdvice', () => {
  const connection = useConnectionStore()
  const runs = useRunsStore()
  const training = useTrainingStore()
  const timeline = useTimelineStore()
  const view = useTrainViewStore()
  const task = createTask()

  const advice = shallowRef<WidthAdvice>()
  const error = shallowRef<string>()
  /** A new run is being asked for. */
  const isApplying = shallowRef(false)

  /** What would be measured: the kept weights nearest to those in view, while a run trains the newest of them. */
  const wanted = computed(() => {
    const runId = training.runId
    const layer = view.kernelLayer?.name
    const step = timeline.keptStep ?? timeline.keptSteps.at(-1)
    return runId === undefined || layer === undefined || step === undefined ? undefined : { runId, layer, step }
  })
  const layerKey = computed(() => [training.runId, view.kernelLayer?.name].join('\n'))
  const shown = computed(() => (asked.value === layerKey.value ? advice.value : undefined))
  const asked = shallowRef('')

  async function measure(): Promise<void> {
    const parameters = wanted.value
    if (parameters === undefined) return
    const key = layerKey.value
    asked.value = key
    advice.value = undefined
    error.value = undefined
    try {
      const answer = await task.run((taskId) => connection.client().request('runs.advice', { ...parameters, taskId }))
      if (asked.value === key) advice.value = markRaw(answer)
    } catch (failure) {
      const isCancelled = failure instanceof ProtocolError && failure.code === 'cancelled'
      if (asked.value === key && !isCancelled) error.value = (failure as Error).message
    }
  }

  /** Begins a new run from the weights that were measured, with other filters; the one in view stays as it is. */
  async function apply(kept: readonly number[], added: number): Promise<void> {
    const measured = shown.value
    const runId = training.runId
    if (measured === undefined || runId === undefined) return
    isApplying.value = true
    try {
      const { layer, step } = measured
      const wish = { runId, layer, step, kept: [...kept], added }
      const begun = await connection.client().request('runs.resize', wish)
      timeline.follow()
      training.follow(begun.runId)
    } finally {
      isApplying.value = false
    }
  }

  /** The run that the one in view began from; undefined where it began by itself. */
  const origin = computed(() => {
    const { resized } = training.run ?? {}
    if (resized?.from === undefined) return undefined
    const isThere = runs.runs?.some(({ id }) => id === resized.from?.runId) === true
    return { ...resized, from: resized.from, isThere }
  })

  function showOrigin(): void {
    const id = origin.value?.from.runId
    if (id !== undefined) training.follow(id)
  }

  // Another layer or run is another question.
  watch(layerKey, () => {
    task.cancel()
    advice.value = undefined
    error.value = undefined
  })

  return {
    wanted,
    advice: shown,
    error,
    progress: task.progress,
    isMeasuring: task.isRunning,
    isApplying,
    origin,
    measure,
    cancel: task.cancel,
    apply,
    showOrigin,
  }
})
