import { defineStore } from 'pinia'
import { computed } from 'vue'
import { StorageSerializers, useSessionStorage } from '@vueuse/core'
import { recommendedTraining } from '../../engine/protocol/recommended-training.ts'
import { trainingSettingsSchema, type TrainingSettings } from '../../engine/protocol/settings.ts'
import { useDataStore } from './data.ts'
import { useModelFileStore } from './model-file.ts'
import { useModelStore } from './model.ts'

/** How the network in front will be trained: as is recommended for it and its data, until a person changes something. */
export const useTrainingSettingsStore = defineStore('trainingSettings', () => {
  const data = useDataStore()
  const file = useModelFileStore()
  const model = useModelStore()

  const recommendation = computed(() =>
    recommendedTraining(
      file.source === 'file' ? { kind: 'model' } : { kind: 'layers', name: model.architecture?.name ?? '' },
      data.settings.source.kind,
    ),
  )
  /** Seed and device, which nothing recommends, and everything else once any of it was changed. */
  const chosen = useSessionStorage<Partial<TrainingSettings>>(
    'filterscope.training',
    {},
    { serializer: StorageSerializers.object, shallow: true },
  )
  const merged = computed(() => trainingSettingsSchema.safeParse({ ...recommendation.value.training, ...chosen.value }))
  if (!merged.value.success) chosen.value = {}

  const isRecommended = computed(() => !('epochs' in chosen.value))
  const training = computed<TrainingSettings>({
    get: () => merged.value.data ?? recommendation.value.training,
    set: (next) => (chosen.value = equalButSeedAndDevice(next, recommendation.value.training) ? own(next) : next),
  })

  function useRecommended(): void {
    chosen.value = own(training.value)
  }

  return { recommendation, training, isRecommended, useRecommended }
})

const own = ({ seed, device }: TrainingSettings): Partial<TrainingSettings> => ({ seed, device })

function equalButSeedAndDevice(one: TrainingSettings, other: TrainingSettings): boolean {
  // Parsing puts the fields in one order.
  const text = (settings: TrainingSettings) =>
    JSON.stringify(trainingSettingsSchema.parse({ ...settings, ...own(one) }))
  return text(one) === text(other)
}
