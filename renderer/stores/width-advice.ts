import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useConnectionStore } from './connection.ts'
import { createMeasuredAdvice } from './measured-advice.ts'
import { useRunsStore } from './runs.ts'
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
  /** A new run is being asked for. */
  const isApplying = shallowRef(false)

  /** What would be measured: the kept weights nearest to those in view, while a run trains the newest of them. */
  const wanted = computed(() => {
    const runId = training.runId
    const layer = view.kernelLayer?.name
    const step = timeline.keptStep ?? timeline.keptSteps.at(-1)
    return runId === undefined || layer === undefined || step === undefined ? undefined : { runId, layer, step }
  })
  // Another layer or run is another question; another step of them is not.
  const measured = createMeasuredAdvice(() => [training.runId, view.kernelLayer?.name].join('\n'))

  async function measure(): Promise<void> {
    const parameters = wanted.value
    if (parameters === undefined) return
    await measured.measure((taskId) => connection.client().request('runs.advice', { ...parameters, taskId }))
  }

  /** Begins a new run from the weights that were measured, with other filters; the one in view stays as it is. */
  async function apply(kept: readonly number[], added: number): Promise<void> {
    const advice = measured.advice.value
    const runId = training.runId
    if (advice === undefined || runId === undefined) return
    isApplying.value = true
    try {
      const { layer, step } = advice
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

  const { advice, error, progress, isMeasuring, cancel } = measured
  return { wanted, advice, error, progress, isMeasuring, isApplying, origin, measure, cancel, apply, showOrigin }
})
