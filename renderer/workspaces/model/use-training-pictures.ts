import { type ComputedRef, type ShallowRef, computed, markRaw, shallowRef, watch } from 'vue'
import type { TrainingPictures } from '../../../engine/protocol/data.ts'
import type { RequestParameters } from '../../../engine/protocol/requests.ts'
import { useConnectionStore } from '../../stores/connection.ts'
import { useDataStore } from '../../stores/data.ts'
import { useFineTuningStore } from '../../stores/fine-tuning.ts'
import { useModelFileStore } from '../../stores/model-file.ts'
import { createNewestRequest } from '../../stores/newest-request.ts'
import { useTrainingSettingsStore } from '../../stores/training-settings.ts'

const PICTURES = 10

export interface ShownTrainingPictures {
  /** Those of the settings before, until the new ones are here; undefined before the first. */
  readonly pictures: ShallowRef<TrainingPictures | undefined>
  readonly classNames: ComputedRef<readonly string[]>
  /** Why there are none, as a sentence. */
  readonly error: ShallowRef<string | undefined>
  /** The training step whose first pictures they are, counted from 0. */
  readonly step: ShallowRef<number>
}

/** The first pictures of a step of the run that would be started now, drawn by the engine as that run would. */
export function useTrainingPictures(): ShownTrainingPictures {
  const connection = useConnectionStore()
  const data = useDataStore()
  const file = useModelFileStore()
  const tuning = useFineTuningStore()
  const wanted = useTrainingSettingsStore()

  const step = shallowRef(0)
  const pictures = shallowRef<TrainingPictures>()
  const error = shallowRef<string>()
  const classNames = computed(() => data.opened?.summary.classes.map(({ name }) => name) ?? [])

  const asked = computed<RequestParameters<'data.trainingPictures'> | undefined>(() => {
    const { opened } = data
    if (!opened) return undefined
    const settings = file.source === 'file' ? tuning.dataSettings(opened.settings) : opened.settings
    const { batchSize, seed, classBalance, augmentation } = wanted.training
    const training = { batchSize, seed, classBalance, augmentation }
    return { data: settings, training, step: step.value, count: PICTURES }
  })
  const request = createNewestRequest(async (parameters: RequestParameters<'data.trainingPictures'>) => {
    try {
      const answer = await connection.client().request('data.trainingPictures', parameters)
      if (parameters !== asked.value) return
      pictures.value = markRaw(answer)
      error.value = undefined
    } catch (failure) {
      if (parameters !== asked.value) return
      pictures.value = undefined
      error.value = (failure as Error).message
    }
  })
  // A host that is back after the connection broke is asked again.
  watch(
    [asked, () => connection.hostId],
    ([parameters]) => {
      if (parameters && connection.isOpen) request(parameters)
      else if (!parameters) pictures.value = undefined
    },
    { immediate: true },
  )

  return { pictures, classNames, error, step }
}
