import { storeToRefs } from 'pinia'
import { computed, proxyRefs } from 'vue'
import type { LayerResponse } from '../../../engine/protocol/preview.ts'
import type { FilterFrame, KernelLayer } from '../../../engine/protocol/runs.ts'
import type { DatedVerdict } from '../../../engine/protocol/verdict-history.ts'
import type { FilterReasons, FilterVerdictName, LayerJudgement } from '../../../engine/protocol/verdicts.ts'
import { text } from '../../i18n/text.ts'
import { useLayerFiltersStore } from '../../stores/layer-filters.ts'
import { useModelFileStore } from '../../stores/model-file.ts'
import { useModelFiltersStore } from '../../stores/model-filters.ts'
import { useModelVerdictsStore } from '../../stores/model-verdicts.ts'
import { useRunVerdictsStore } from '../../stores/run-verdicts.ts'
import { useTimelineStore } from '../../stores/timeline.ts'
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
  readonly verdicts: FilterVerdicts
  readonly error: string | undefined
  /** What is waited for while there are none yet. */
  readonly waiting: { readonly stage: string; readonly done: number; readonly total: number }
  readonly selection: FilterSelection | undefined
  select(selection: FilterSelection | undefined): void
  chooseLayer(name: string): void
  /** Asks again after an error. */
  retry(): void
}

/** What is known of the layer's filters beside chance. */
export interface FilterVerdicts {
  /** Of each filter; undefined while they are not known. */
  readonly names: readonly FilterVerdictName[] | undefined
  /** The step at which they were looked at; undefined in a file. */
  readonly step: number | undefined
  /** The step whose weights the judgement is about, which is another one where those of the look are not kept. */
  readonly judgedStep: number | undefined
  readonly judgement: LayerJudgement | undefined
  /** Of the selected filter. */
  readonly reasons: FilterReasons | undefined
  readonly reasonsError: string | undefined
  readonly error: string | undefined
  /** New looks come by themselves. */
  readonly isLive: boolean
  readonly past: FilterPast | undefined
  retry(): void
}

/** What the selected filter of a run was called before. */
export interface FilterPast {
  readonly history: readonly DatedVerdict[]
  /** The first look after which its verdict stays. */
  readonly flip: number | undefined
}

/** The filters of the run in view, at the moment of its timeline. */
export function useRunFilters(): FilterSource {
  const training = useTrainingStore()
  const view = useTrainViewStore()
  const filters = useLayerFiltersStore()
  const { kernelLayers: layers, kernelLayer: layer, selection } = storeToRefs(view)
  const { now, birth, error } = storeToRefs(filters)
  const verdicts = useRunVerdicts()
  const waiting = computed(() => {
    const { stage, done, total } = training.record.progress ?? { done: 0, total: 0 }
    return { stage: stage ?? text('train.wall.loading'), done, total }
  })
  return proxyRefs({
    ...{ layers, layer, now, birth, verdicts, error, waiting, selection },
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
  const verdicts = useModelVerdicts()
  const { ofShownLayer: response } = storeToRefs(useTransferPreviewStore())
  const waiting = computed(() => ({ stage: text('modelFile.filters.loading'), done: 0, total: 0 }))
  return proxyRefs({
    ...{ layers, layer, now, verdicts, error, waiting, selection, response },
    compares: false,
    birth: undefined,
    select: (next: FilterSelection | undefined) => void (filters.selection = next),
    chooseLayer: file.chooseLayer,
    retry: filters.retry,
  })
}

function useRunVerdicts(): FilterVerdicts {
  const store = useRunVerdictsStore()
  const timeline = useTimelineStore()
  const { names, step, judgedStep, judgement, reasons, reasonsError, error, history, flip } = storeToRefs(store)
  const isLive = computed(() => timeline.isLiveNow)
  const past = computed(() => ({ history: history.value, flip: flip.value }))
  const { retry } = store
  return proxyRefs({ names, step, judgedStep, judgement, reasons, reasonsError, error, isLive, past, retry })
}

function useModelVerdicts(): FilterVerdicts {
  const store = useModelVerdictsStore()
  const { names, judgement, reasons, reasonsError, error } = storeToRefs(store)
  const unknown = { step: undefined, judgedStep: undefined, isLive: false, past: undefined }
  return proxyRefs({ names, judgement, reasons, reasonsError, error, ...unknown, retry: store.retry })
}
