import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { epochSize } from '../../engine/protocol/epoch-size.ts'
import { stepMilliseconds, type TrainingSpeed } from '../../engine/protocol/training-speed.ts'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'
import { useModelStore } from './model.ts'
import { useRunsStore } from './runs.ts'
import { useTrainingSettingsStore } from './training-settings.ts'

export interface StepTime {
  readonly milliseconds: number
  /** Of one step. */
  readonly pictures: number
}

/** How long a training step of the network that is edited would take on the CPU, once that was asked for and measured. */
export const useStepTimeStore = defineStore('stepTime', () => {
  const connection = useConnectionStore()
  const data = useDataStore()
  const model = useModelStore()
  const runs = useRunsStore()
  const settings = useTrainingSettingsStore()

  const speed = shallowRef<TrainingSpeed>()
  const isWanted = shallowRef(false)

  const estimate = computed<StepTime | undefined>(() => {
    const trainingPictures = data.opened?.summary.counts.train ?? 0
    if (!speed.value || !model.work || trainingPictures === 0) return undefined
    const { batchSize } = epochSize(settings.training.batchSize, trainingPictures)
    return { milliseconds: stepMilliseconds(model.work, batchSize, speed.value), pictures: batchSize }
  })

  function want(): void {
    isWanted.value = true
  }

  async function ask(): Promise<void> {
    try {
      const answer = await connection.client().request('speed.measure', {})
      speed.value = answer.speed ?? speed.value
    } catch {
      // An estimate that cannot be made keeps nobody from anything.
    }
  }

  // Not while pictures are opened, nor beside a run: both would make the machine look slow, and be slowed.
  watch(
    () => [connection.hostId, isWanted.value && model.work !== undefined && runs.active === undefined] as const,
    ([hostId, isTime], before) => {
      if (hostId !== before?.[0]) speed.value = undefined
      if (hostId !== undefined && isTime && !speed.value) void ask()
    },
    { immediate: true },
  )

  return { estimate, want }
})
