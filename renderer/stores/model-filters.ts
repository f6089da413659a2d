import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { FilterFrame } from '../../engine/protocol/runs.ts'
import { useConnectionStore } from './connection.ts'
import { FrameCache } from './frame-cache.ts'
import { useModelFileStore } from './model-file.ts'
import { createNewestRequest } from './newest-request.ts'
import type { FilterSelection } from './train-view.ts'

const CACHE_BYTES = 64 * 1024 * 1024

interface WantedFrame {
  readonly path: string
  readonly layer: string
}

/** The kernels of the layer in view of the opened model file. */
export const useModelFiltersStore = defineStore('modelFilters', () => {
  const connection = useConnectionStore()
  const file = useModelFileStore()

  const frame = shallowRef<FilterFrame>()
  const error = shallowRef<string>()
  const selection = shallowRef<FilterSelection>()
  const cache = new FrameCache<FilterFrame>(CACHE_BYTES)

  const wanted = (): WantedFrame | undefined => {
    const layer = file.kernelLayer?.name
    return file.summary && layer !== undefined ? { path: file.path, layer } : undefined
  }
  const isStillWanted = ({ path, layer }: WantedFrame): boolean => {
    const now = wanted()
    return now?.path === path && now.layer === layer
  }

  const load = createNewestRequest<WantedFrame>(async (job) => {
    const key = `${job.path}\n${job.layer}`
    try {
      const found = cache.get(key) ?? (await connection.client().request('models.filters', job))
      cache.set(key, found, found.weights.data.byteLength)
      if (isStillWanted(job)) frame.value = found
    } catch (failure) {
      if (isStillWanted(job)) error.value = (failure as Error).message
    }
  })

  function show(): void {
    frame.value = undefined
    error.value = undefined
    const next = wanted()
    if (next) load(next)
  }

  watch(
    () => file.summary,
    () => cache.clear(),
  )
  watch(
    [() => file.summary, () => file.kernelLayer?.name],
    () => {
      selection.value = undefined
      show()
    },
    { immediate: true },
  )

  return { frame, error, selection, retry: show }
})
