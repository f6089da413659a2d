import { defineStore } from 'pinia'
import { computed } from 'vue'
import { flipStep, historyOf, verdictsOf } from '../../engine/protocol/verdict-history.ts'
import type { LayerVerdictName } from '../../engine/protocol/verdicts.ts'
import { type DatedShare, layerOf, lookAt, structuredCount, structuredShares } from '../verdicts/run-looks.ts'
import { useConnectionStore } from './connection.ts'
import { type JudgementQuestion, createJudgement } from './judgement.ts'
import { useRunLooksStore } from './run-looks.ts'
import { nearestKept } from './timeline-steps.ts'
import { useTimelineStore } from './timeline.ts'
import { useTrainViewStore } from './train-view.ts'
import { useTrainingStore } from './training.ts'

/** What the list of layers shows of one. */
export interface LayerStanding {
  readonly verdict: LayerVerdictName
  readonly structured: number
  readonly filters: number
  readonly shares: readonly DatedShare[]
}

/** The verdicts on the run in view at the moment of its timeline: those of the newest look that is not later. */
export const useRunVerdictsStore = defineStore('runVerdicts', () => {
  const connection = useConnectionStore()
  const training = useTrainingStore()
  const timeline = useTimelineStore()
  const view = useTrainViewStore()
  const followed = useRunLooksStore()

  const all = computed(() => followed.looks ?? [])
  const look = computed(() => lookAt(all.value, timeline.shownStep))
  const step = computed(() => look.value?.step)
  const layer = computed(() => layerOf(look.value, view.kernelLayer?.name))
  /** Of each filter of the layer in view. */
  const names = computed(() => layer.value && verdictsOf(layer.value.filters))
  const shares = computed(() => {
    const names = all.value.at(-1)?.layers.map(({ name }) => name) ?? []
    return new Map(names.map((name) => [name, structuredShares(all.value, name)]))
  })
  /** By name, for the layers with kernels. */
  const standings = computed(
    () =>
      new Map(
        look.value?.layers.map(({ name, verdict, filters }): [string, LayerStanding] => {
          const counts = { structured: structuredCount(filters), filters: filters.length }
          return [name, { verdict, ...counts, shares: shares.value.get(name) ?? [] }]
        }),
      ),
  )

  const history = computed(() => {
    const { kernelLayer, selection } = view
    return kernelLayer && selection ? historyOf(all.value, kernelLayer.name, selection.filter) : []
  })
  /** The first look after which the verdict of the selected filter stays. */
  const flip = computed(() => flipStep(history.value))

  /** The step whose weights are judged: that of the look, or where these were dropped for want of room, the nearest kept. */
  const judgedStep = computed(() => {
    const kept = timeline.keptSteps
    return step.value === undefined || kept.length === 0 ? undefined : nearestKept(kept, step.value)
  })

  function question(): JudgementQuestion | undefined {
    const runId = training.runId
    const judged = judgedStep.value
    if (runId === undefined || layer.value === undefined || judged === undefined || !followed.isWatched)
      return undefined
    const { name, filters } = layer.value
    const parameters = { runId, layer: name, step: judged }
    return {
      place: `${runId}\n${name}`,
      // A run that went on from before may have other weights at the same step.
      moment: `${judged} ${filters}`,
      judge: () => connection.client().request('runs.verdict', parameters),
      explain: (filter) => connection.client().request('runs.reasons', { ...parameters, filter }),
    }
  }
  const judgement = createJudgement(question, () => view.selection?.filter)

  const error = computed(() => followed.error ?? judgement.error.value)

  function retry(): void {
    followed.retry()
    judgement.retry()
  }

  return {
    step,
    judgedStep,
    names,
    standings,
    history,
    flip,
    judgement: judgement.judgement,
    reasons: judgement.reasons,
    reasonsError: judgement.reasonsError,
    error,
    retry,
  }
})
