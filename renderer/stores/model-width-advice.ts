import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'
import { useFineTuningStore } from './fine-tuning.ts'
import { createMeasuredAdvice } from './measured-advice.ts'
import { useModelFileStore } from './model-file.ts'
import { useRunsStore } from './runs.ts'
import { useTrainingStore } from './training.ts'
import { useTrainingSettingsStore } from './training-settings.ts'

/** Whether the layer in view of the open model file has enough filters for the pictures in the window. */
export const useModelWidthAdviceStore = defineStore('modelWidthAdvice', () => {
  const connection = useConnectionStore()
  const data = useDataStore()
  const file = useModelFileStore()
  const runs = useRunsStore()
  const shown = useTrainingStore()
  const tuning = useFineTuningStore()
  const wantedTraining = useTrainingSettingsStore()
  /** A new run is being asked for. */
  const isApplying = shallowRef(false)

  /** What would be measured; undefined while there is no model, no data or no choice of preparation. */
  const wanted = computed(() => {
    const [summary, opened, { preprocessing }, layer] = [file.summary, data.opened, tuning, file.kernelLayer?.name]
    if (!summary?.image || !opened || !preprocessing || layer === undefined) return undefined
    const names = file.classNames
    return {
      path: summary.path,
      layer,
      data: tuning.dataSettings(opened.settings),
      preprocessing,
      ...(names && { classNames: [...names] }),
    }
  })
  const measured = createMeasuredAdvice(() => JSON.stringify(wanted.value ?? null))

  async function measure(): Promise<void> {
    const parameters = wanted.value
    if (parameters === undefined) return
    await measured.measure((taskId) => connection.client().request('models.advice', { ...parameters, taskId }))
  }

  /** Trains the model further from its file, with other filters in the layer; the file stays as it is. */
  async function apply(kept: readonly number[], added: number): Promise<void> {
    const [advice, asked, { network }] = [measured.advice.value, wanted.value, tuning]
    if (advice === undefined || asked === undefined || network === undefined) return
    isApplying.value = true
    try {
      const resized = { layer: advice.layer, filters: advice.filters, kept: [...kept], added }
      shown.follow(await runs.start({ data: asked.data, network, training: wantedTraining.training, resized }))
    } finally {
      isApplying.value = false
    }
  }

  const { advice, error, progress, isMeasuring, cancel } = measured
  return { wanted, advice, error, progress, isMeasuring, isApplying, measure, cancel, apply }
})
