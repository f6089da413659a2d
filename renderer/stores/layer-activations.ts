import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ClassifiedPicture, Picture } from '../../engine/protocol/requests.ts'
import type { ActivationFrame } from '../../engine/protocol/runs.ts'
import { nextFrame } from '../drawing/frame-task.ts'
import { useConnectionStore } from './connection.ts'
import { FrameCache } from './frame-cache.ts'
import { createNewestRequest } from './newest-request.ts'
import { useTimelineStore } from './timeline.ts'
import { useTrainViewStore } from './train-view.ts'
import { useTrainingStore } from './training.ts'

const CACHE_BYTES = 32 * 1024 * 1024

interface WantedMaps {
  readonly runId: string
  readonly layer: string
  readonly picture: Picture
  readonly step: number
}

/** What the network of the moment in view makes of one picture: the maps of a layer and the class probabilities. */
export const useLayerActivationsStore = defineStore('layerActivations', () => {
  const connection = useConnectionStore()
  const training = useTrainingStore()
  const timeline = useTimelineStore()
  const view = useTrainViewStore()

  const frame = shallowRef<ActivationFrame>()
  /** The picture in view as the network receives it. */
  const shown = shallowRef<ClassifiedPicture>()
  const error = shallowRef<string>()
  const pictureError = shallowRef<string>()
  const isWatched = shallowRef(false)
  /** A live subscription that failed is over; another try begins another one. */
  const tries = shallowRef(0)
  const cache = new FrameCache<ActivationFrame>(CACHE_BYTES)

  const layer = computed(() => view.activationLayer?.name)
  /** Compared as text: an equal picture in a new object is the same picture. */
  const pictureKey = computed(() => JSON.stringify(view.picture))

  const isStillInView = (wanted: WantedMaps): boolean =>
    training.runId === wanted.runId &&
    layer.value === wanted.layer &&
    pictureKey.value === JSON.stringify(wanted.picture)

  const showKept = createNewestRequest<WantedMaps>(async (wanted) => {
    const key = JSON.stringify(wanted)
    try {
      const maps = cache.get(key) ?? (await connection.client().request('runs.activations', wanted))
      cache.set(key, maps, maps.maps.data.byteLength)
      if (!isStillInView(wanted) || timeline.keptStep === undefined) return
      frame.value = maps
      error.value = undefined
    } catch (failure) {
      if (isStillInView(wanted)) error.value = (failure as Error).message
    }
  })

  const loadPicture = createNewestRequest<{ runId: string; picture: Picture }>(async ({ runId, picture }) => {
    const isCurrent = (): boolean => training.runId === runId && pictureKey.value === JSON.stringify(picture)
    try {
      const classified = await connection.client().request('runs.classify', { runId, picture })
      if (!isCurrent()) return
      shown.value = classified
      pictureError.value = undefined
    } catch (failure) {
      if (isCurrent()) pictureError.value = (failure as Error).message
    }
  })

  watch([() => training.runId, pictureKey], () => {
    shown.value = undefined
    pictureError.value = undefined
  })
  watch([() => training.runId, layer, pictureKey], ([runId], [oldRun]) => {
    error.value = undefined
    // Another layer or picture of the same run replaces the maps in place; another run must not show this one's.
    if (runId !== oldRun) frame.value = undefined
  })

  /** Weights are on disk from the birth on; before that there is nothing to run the picture through. */
  const isReady = computed(() => isWatched.value && timeline.keptSteps.length > 0)

  watch([() => training.runId, pictureKey, isReady], ([runId, , ready]) => {
    const { picture } = view
    if (runId !== undefined && picture !== undefined && ready && shown.value === undefined) {
      loadPicture({ runId, picture })
    }
  })

  watch(
    [() => training.runId, layer, pictureKey, () => timeline.isLiveNow, isReady, tries],
    ([runId, name, , isLive, ready], _, onCleanup) => {
      const { picture } = view
      if (runId === undefined || name === undefined || picture === undefined || !isLive || !ready) return
      onCleanup(
        connection
          .client()
          .subscribe(
            { kind: 'activations', runId, layer: name, picture },
            { onFailure: (failure) => (error.value = failure.message) },
            (next) => {
              frame.value = next
              error.value = undefined
              return nextFrame()
            },
          ),
      )
    },
  )

  watch([() => training.runId, layer, pictureKey, () => timeline.keptStep, isReady], ([runId, name, , step, ready]) => {
    const { picture } = view
    if (runId === undefined || name === undefined || picture === undefined || step === undefined || !ready) return
    showKept({ runId, layer: name, picture, step })
  })

  function retry(): void {
    error.value = undefined
    pictureError.value = undefined
    tries.value++
    const { picture } = view
    const runId = training.runId
    if (runId === undefined || picture === undefined) return
    loadPicture({ runId, picture })
    const step = timeline.keptStep
    if (layer.value !== undefined && step !== undefined) showKept({ runId, layer: layer.value, picture, step })
  }

  return { frame, shown, error, pictureError, isWatched, retry }
})
