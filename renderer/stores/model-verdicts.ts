import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useConnectionStore } from './connection.ts'
import { type JudgementQuestion, createJudgement } from './judgement.ts'
import { useModelFileStore } from './model-file.ts'
import { useModelFiltersStore } from './model-filters.ts'

/** The verdicts on the layer in view of the opened model file. */
export const useModelVerdictsStore = defineStore('modelVerdicts', () => {
  const connection = useConnectionStore()
  const file = useModelFileStore()
  const filters = useModelFiltersStore()
  /** Somebody looks; nothing is judged while nobody does. */
  const isWatched = shallowRef(false)
  /** Another file may come to the same path. */
  const openings = shallowRef(0)
  watch(
    () => file.summary,
    () => openings.value++,
    { flush: 'sync' },
  )

  function question(): JudgementQuestion | undefined {
    const layer = file.kernelLayer?.name
    if (file.summary === undefined || layer === undefined || !isWatched.value) return undefined
    const parameters = { path: file.path, layer }
    return {
      place: `${openings.value}\n${layer}`,
      moment: '',
      judge: () => connection.client().request('models.verdict', parameters),
      explain: (filter) => connection.client().request('models.reasons', { ...parameters, filter }),
    }
  }
  const { judgement, reasons, error, reasonsError, retry } = createJudgement(question, () => filters.selection?.filter)
  const names = computed(() => judgement.value?.filters.map(({ verdict }) => verdict))

  return { judgement, reasons, error, reasonsError, names, isWatched, retry }
})
