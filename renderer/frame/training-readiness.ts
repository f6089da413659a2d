import { computed, type ComputedRef } from 'vue'
import type { Blocker } from '../fine-tuning/blockers.ts'
import { text } from '../i18n/text.ts'
import { useConnectionStore } from '../stores/connection.ts'
import { useDataStore } from '../stores/data.ts'
import { useFineTuningStore } from '../stores/fine-tuning.ts'
import { useModelFileStore } from '../stores/model-file.ts'
import { useModelStore } from '../stores/model.ts'

/** Why a run cannot be started now, as a sentence; undefined where it can. */
export function useTrainingReadiness(): ComputedRef<string | undefined> {
  const connection = useConnectionStore()
  const data = useDataStore()
  const file = useModelFileStore()
  const model = useModelStore()
  const tuning = useFineTuningStore()
  return computed(() => {
    if (!connection.isOpen) return text('shell.run.disconnected')
    if (data.isOpening) return text('shell.run.opening')
    if (!data.opened || data.error) return text('shell.run.needsData')
    if (data.opened.summary.unlabelled) return text('shell.run.unlabelled')
    if (file.source === 'file') return file.summary ? blockerText(tuning.blocker) : text('modelFile.block.none')
    if (model.description?.error) return model.description.error.message
    return model.architecture && model.description ? undefined : text('shell.run.needsModel')
  })
}

/** What stands in the way of training a model, as a sentence. */
function blockerText(blocker: Blocker | undefined): string | undefined {
  if (!blocker) return undefined
  switch (blocker.kind) {
    case 'channels':
      return text('modelFile.block.channels', { channels: blocker.channels })
    case 'classes':
      return text('modelFile.block.classes', { model: blocker.model, data: blocker.data })
    case 'obstacles':
      return blocker.layer === undefined
        ? text('modelFile.block.obstacles', { count: blocker.count })
        : text('modelFile.block.obstaclesBelow', { count: blocker.count, layer: blocker.layer })
    default:
      return text(`modelFile.block.${blocker.kind}`)
  }
}
