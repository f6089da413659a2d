import { computed, shallowRef, watch, type ShallowRef } from 'vue'
import type { FilterReasons, LayerJudgement } from '../../engine/protocol/verdicts.ts'
import { createNewestRequest } from './newest-request.ts'

/** Which layer is judged as it is at which moment, and how the engine is asked. */
export interface JudgementQuestion {
  /** The layer. What is known of another is forgotten at once. */
  readonly place: string
  /** What is known of another moment is shown until this one is known. */
  readonly moment: string
  readonly judge: () => Promise<LayerJudgement>
  readonly explain: (filter: number) => Promise<FilterReasons>
}

export interface Judgement {
  readonly judgement: ShallowRef<LayerJudgement | undefined>
  /** Of the selected filter. */
  readonly reasons: ShallowRef<FilterReasons | undefined>
  readonly error: ShallowRef<string | undefined>
  readonly reasonsError: ShallowRef<string | undefined>
  readonly retry: () => void
}

/** Asks for the verdict of the layer in view and for the reasons of the selected filter, whenever either is another one. */
export function createJudgement(
  question: () => JudgementQuestion | undefined,
  selectedFilter: () => number | undefined,
): Judgement {
  const judgement = shallowRef<LayerJudgement>()
  const reasons = shallowRef<FilterReasons>()
  const error = shallowRef<string>()
  const reasonsError = shallowRef<string>()
  const place = computed(() => question()?.place)
  const key = computed(() => {
    const asked = question()
    return asked && `${asked.place}\n${asked.moment}`
  })

  const judge = createNewestRequest<JudgementQuestion>(async (asked) => {
    try {
      const answer = await asked.judge()
      if (place.value !== asked.place) return
      judgement.value = answer
      error.value = undefined
    } catch (failure) {
      if (place.value === asked.place) error.value = (failure as Error).message
    }
  })

  const explain = createNewestRequest<{ asked: JudgementQuestion; filter: number }>(async ({ asked, filter }) => {
    const isWanted = (): boolean => place.value === asked.place && selectedFilter() === filter
    try {
      const answer = await asked.explain(filter)
      if (!isWanted()) return
      reasons.value = answer
      reasonsError.value = undefined
    } catch (failure) {
      if (isWanted()) reasonsError.value = (failure as Error).message
    }
  })

  function ask(): void {
    const asked = question()
    if (asked) judge(asked)
  }

  function askReasons(): void {
    const asked = question()
    const filter = selectedFilter()
    if (reasons.value?.index !== filter) reasons.value = undefined
    reasonsError.value = undefined
    if (asked && filter !== undefined) explain({ asked, filter })
  }

  watch(place, () => {
    judgement.value = undefined
    reasons.value = undefined
    error.value = undefined
    reasonsError.value = undefined
  })
  watch(key, ask, { immediate: true })
  watch([key, selectedFilter], askReasons, { immediate: true })

  function retry(): void {
    error.value = undefined
    ask()
    askReasons()
  }

  return { judgement, reasons, error, reasonsError, retry }
}
