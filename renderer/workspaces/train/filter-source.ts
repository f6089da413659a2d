import type { FilterFrame, KernelLayer } from '../../../engine/protocol/runs.ts'
import { text } from '../../i18n/text.ts'
import { useLayerFiltersStore } from '../../stores/layer-filters.ts'
import { useModelFileStore } from '../../stores/model-file.ts'
import { useModelFiltersStore } from '../../stores/model-filters.ts'
import { useTrainViewStore } from '../../stores/train-view.ts'
import type { FilterSelection } from '../../stores/train-view.ts'
import { useTrainingStore } from '../../stores/training.ts'

/** Where the filters on a wall come from: a run at one moment of it, or a model file. */
export interface FilterSource {
  readonly layers: readonly KernelLayer[]
  readonly layer: KernelLayer | undefined
  readonly now: FilterFrame | undefined
  /** There is a birth to compare with, perhaps still to come; a file has none. */
  readonly compares: boolean
  /** What they were before training. */
  readonly birth: FilterFrame | undefined
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
  return {
    get layers() {
      return view.kernelLayers
    },
    get layer() {
      return view.kernelLayer
    },
    get now() {
      return filters.now
    },
    compares: true,
    get birth() {
      return filters.birth
    },
    get error() {
      return filters.error
    },
    get waiting() {
      const { stage, done, total } = training.record.progress ?? { done: 0, total: 0 }
      return { stage: stage ?? text('train.wall.loading'), done, total }
    },
    get selection() {
      return view.selection
    },
    select: (selection) => (view.selection = selection),
    chooseLayer: view.selectLayer,
    retry: filters.retry,
  }
}

/** The filters of the opened model file. */
export function useModelFilters(): FilterSource {
  const file = useModelFileStore()
  const filters = useModelFiltersStore()
  return {
    get layers() {
      return file.kernelLayers
    },
    get layer() {
      return file.kernelLayer
    },
    get now() {
      return filters.frame
    },
    compares: false,
    birth: undefined,
    get error() {
      return filters.error
    },
    get waiting() {
      return { stage: text('modelFile.filters.loading'), done: 0, total: 0 }
    },
    get selection() {
      return filters.selection
    },
    select: (selection) => (filters.selection = selection),
    chooseLayer: file.chooseLayer,
    retry: filters.retry,
  }
}
