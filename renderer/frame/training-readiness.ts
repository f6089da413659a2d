import { computed, type ComputedRef } from 'vue'
import { text } from '../i18n/text.ts'
import { useDataStore } from '../stores/data.ts'
import { useModelStore } from '../stores/model.ts'

/** Why a run cannot be started now, as a sentence; undefined where it can. */
export function useTrainingReadiness(): ComputedRef<string | undefined> {
  const data = useDataStore()
  const model = useModelStore()
  return computed(() => {
    if (data.isOpening) return text('shell.run.opening')
    if (!data.opened || data.error) return text('shell.run.needsData')
    if (model.description?.error) return model.description.error.message
    return model.architecture && model.description ? undefined : text('shell.run.needsModel')
  })
}
