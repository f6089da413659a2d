import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import type { TransferPreview } from '../../engine/protocol/preview.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'
import { useFineTuningStore } from './fine-tuning.ts'
import { useModelFileStore } from './model-file.ts'
import { createTask } from './task.ts'

/** How the filters of the opened model respond to the pictures in the window, before anything is trained. */
export const useTransferPreviewStore = defineStore('transferPreview', () => {
  const connection = useConnectionStore()
  const data = useDataStore()
  const file = useModelFileStore()
  const tuning = useFineTuningStore()
  const task = createTask()

  const preview = shallowRef<TransferPreview>()
  const error = shallowRef<string>()

  /** What the engine is asked with; undefined while there is no model, no data or no choice of preparation. */
  const wanted = computed(() => {
    const [summary, opened, { preprocessing }] = [file.summary, data.opened, tuning]
    if (!summary?.image || !opened || !preprocessing) return undefined
    return { path: summary.path, data: tuning.dataSettings(opened.settings), preprocessing }
  })
  const layers = computed(() => new Map(preview.value?.layers.map((layer) => [layer.layer, layer] as const)))
  /** Of the layer whose filters are shown. */
  const ofShownLayer = computed(() => layers.value.get(file.kernelLayer?.name ?? ''))

  async function run(): Promise<void> {
    const asked = wanted.value
    if (!asked) return
    forget()
    try {
      const answer = await task.run((taskId) => connection.client().request('models.preview', { ...asked, taskId }))
      if (asked === wanted.value) preview.value = markRaw(answer)
    } catch (failure) {
      const isCancelled = failure instanceof ProtocolError && failure.code === 'cancelled'
      if (asked === wanted.value && !isCancelled) error.value = (failure as Error).message
    }
  }

  function forget(): void {
    preview.value = undefined
    error.value = undefined
  }

  // Other pictures, or the same prepared in another way, are another preview.
  watch(wanted, () => {
    task.cancel()
    forget()
  })

  return {
    preview,
    error,
    wanted,
    layers,
    ofShownLayer,
    progress: task.progress,
    isRunning: task.isRunning,
    run,
    cancel: task.cancel,
  }
})
