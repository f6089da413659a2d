import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { unpackWeights } from '../../engine/protocol/live-filters.ts'
import type { FilterFrame } from '../../engine/protocol/runs.ts'
import { nextFrame } from '../drawing/frame-task.ts'
import { useConnectionStore } from './connection.ts'
import { FrameCache } from './frame-cache.ts'
import { createNewestRequest } from './newest-request.ts'
import { nextKept, previousKept } from './timeline-steps.ts'
import { useTimelineStore } from './timeline.ts'
import { useTrainViewStore } from './train-view.ts'
import { useTrainingStore } from './training.ts'

const CACHE_BYTES = 64 * 1024 * 1024

interface WantedFrame {
  readonly runId: string
  readonly layer: string
  readonly step: number
}

/** The kernels of the layer in view at the moment of the timeline, beside those it was born with. */
export const useLayerFiltersStore = defineStore('layerFilters', () => {
  const connection = useConnectionStore()
  const training = useTrainingStore()
  const timeline = useTimelineStore()
  const view = useTrainViewStore()

  const now = shallowRef<FilterFrame>()
  const birth = shallowRef<FilterFrame>()
  const error = shallowRef<string>()
  /** Somebody looks; nothing is streamed while nobody does. */
  const isWatched = shallowRef(false)
  /** A live subscription that failed is over; another try begins another one. */
  const tries = shallowRef(0)
  const cache = new FrameCache<FilterFrame>(CACHE_BYTES)

  const layer = computed(() => view.kernelLayer?.name)

  async function fetch(wanted: WantedFrame): Promise<FilterFrame> {
    const key = `${wanted.runId}\n${wanted.layer}\n${wanted.step}`
    const cached = cache.get(key)
    if (cached !== undefined) return cached
    const frame = await connection.client().request('runs.filters', wanted)
    cache.set(key, frame, frame.weights.data.byteLength)
    return frame
  }

  const isStillInView = (wanted: WantedFrame): boolean =>
    training.runId === wanted.runId && layer.value === wanted.layer

  const showKept = createNewestRequest<WantedFrame>(async (wanted) => {
    try {
      const frame = await fetch(wanted)
      if (!isStillInView(wanted) || timeline.keptStep === undefined) return
      now.value = frame
      error.value = undefined
    } catch (failure) {
      if (isStillInView(wanted)) error.value = (failure as Error).message
      return
    }
    // Whoever scrubs goes on to a neighbour; a failure here shows itself when that is asked for.
    const kept = timeline.keptSteps
    for (const step of [nextKept(kept, wanted.step), previousKept(kept, wanted.step)]) {
      if (step !== undefined && timeline.keptStep === wanted.step)
        await fetch({ ...wanted, step }).catch(() => undefined)
    }
  })

  async function loadBirth(runId: string, name: string): Promise<void> {
    const wanted = { runId, layer: name, step: 0 }
    try {
      const frame = await fetch(wanted)
      if (isStillInView(wanted)) birth.value = frame
    } catch (failure) {
      if (isStillInView(wanted)) error.value = (failure as Error).message
    }
  }

  function followLive(runId: string, name: string): () => void {
    return connection.client().subscribe(
      { kind: 'filters', runId, layer: name },
      {
        onFailure: (failure) => {
          if (timeline.isLiveNow) error.value = failure.message
        },
      },
      (frame) => {
        now.value = { ...frame, weights: unpackWeights(frame.weights) }
        error.value = undefined
        // The next frame is asked for when this one has been drawn.
        return nextFrame()
      },
    )
  }

  const hasBirth = computed(() => timeline.keptSteps.length > 0)
  watch([() => training.runId, layer, hasBirth, isWatched], ([runId, name, isKept, watched], [oldRun, oldName]) => {
    if (runId !== oldRun || name !== oldName) {
      now.value = undefined
      birth.value = undefined
      error.value = undefined
    }
    if (runId !== undefined && name !== undefined && isKept && watched && birth.value === undefined) {
      void loadBirth(runId, name)
    }
  })

  watch(
    [() => training.runId, layer, () => timeline.isLiveNow, isWatched, tries],
    ([runId, name, isLive, watched], _, onCleanup) => {
      if (runId !== undefined && name !== undefined && isLive && watched) onCleanup(followLive(runId, name))
    },
  )

  watch([() => training.runId, layer, () => timeline.keptStep, isWatched], ([runId, name, step, watched]) => {
    if (runId !== undefined && name !== undefined && step !== undefined && watched) {
      showKept({ runId, layer: name, step })
    }
  })

  /** Asks again after an error. */
  function retry(): void {
    error.value = undefined
    tries.value++
    const runId = training.runId
    if (runId === undefined || layer.value === undefined) return
    void loadBirth(runId, layer.value)
    if (timeline.keptStep !== undefined) showKept({ runId, layer: layer.value, step: timeline.keptStep })
  }

  return { now, birth, error, isWatched, retry }
})
