import { storeToRefs } from 'pinia'
import { computed, proxyRefs } from 'vue'
import type { LayerResponse } from '../../../engine/protocol/preview.ts'
import type { FilterFrame, KernelLayer } from '../../../engine/protocol/runs.ts'
import { text } from '../../i18n/text.ts'
import { useLayerFiltersStore } from '../../stores/layer-filters.ts'
import { useModelFileStore } from '../../stores/model-file.ts'
import { useModelFiltersStore } from '../../stores/model-filters.ts'
import { useTrainViewStore } from '../../stores/train-view.ts'
import type { FilterSelection } from '../../stores/train-view.ts'
import { useTrainingStore } from '../../stores/training.ts'
import { useTransferPreviewStore } from '../../stores/transfer-preview.ts'

/** Where the filters on a wall come from: a run at one moment of it, or a model file. */
export interface FilterSource {
  readonly layers: readonly KernelLayer[]
  readonly layer: KernelLayer | undefined
  readonly now: FilterFrame | undefined
  /** There is a birth to compare with, perhaps still to come; a file has none. */
  readonly compares: boolean
  /** What they were before training. */
  readonly birth: FilterFrame | undefined
  /** How they respond to the pictures in the window, where that was measured. */
  readonly response: LayerResponse | undefined
  readonly error: string | undefined
  /** What is waited for while there are none yet. */
  readonly waiting: { readonly stage: string; readonly done: number; readonly total: number }
  readonly selection: FilterSelection | undefined
  select(selection: FilterSelection | undefined): void
  chooseLayer(name: string): void
  /** Asks again after an error. */
  retry(): void
}

/** The filters of the run in view, at the moment of its timeline. */
export function useRunFilters(): FilterSource {
  const training = useTrainingStore()
  const view = useTrainViewStore()
  const filters = useLayerFiltersStore()
  const { kernelLayers: layers, kernelLayer: layer, selection } = storeToRefs(view)
  const { now, birth, error } = storeToRefs(filters)
  const waiting = computed(() => {
    const { stage, done, total } = training.record.progress ?? { done: 0, total: 0 }
    return { stage: stage ?? text('train.wall.loading'), done, total }
  })
  return proxyRefs({
    ...{ layers, layer, now, birth, error, waiting, selection },
    compares: true,
    response: undefined,
    select: (next: FilterSelection | undefined) => void (view.selection = next),
    chooseLayer: view.selectLayer,
    retry: filters.retry,
  })
}

/** The filters of the opened model file. */
export function useModelFilters(): FilterSource {
  const file = useModelFileStore()
  const filters = useModelFiltersStore()
  const { kernelLayers: layers, kernelLayer: layer } = storeToRefs(file)
  const { frame: now, error, selection } = storeToRefs(filters)
  const { ofShownLayer: response } = storeToRefs(useTransferPreviewStore())
  const waiting = computed(() => ({ stage: text('modelFile.filters.loading'), done: 0, total: 0 }))
  return proxyRefs({
    ...{ layers, layer, now, error, waiting, selection, response },
    compares: false,
    birth: undefined,
    select: (next: FilterSelection | undefined) => void (filters.selection = next),
    chooseLayer: file.chooseLayer,
    retry: filters.retry,
  })
}
