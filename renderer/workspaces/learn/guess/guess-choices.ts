import { computed, type ComputedRef } from 'vue'
import { FEWEST_FILTERS, FEWEST_WEIGHTS_OF_SLICE, type GuessSource } from '../../../../engine/protocol/guessing.ts'
import type { KernelLayer } from '../../../../engine/protocol/runs.ts'
import { formatInteger } from '../../../i18n/format.ts'
import { text } from '../../../i18n/text.ts'
import { BUILT_IN_FILTERS, useGuessTrainingStore } from '../../../stores/guess-training.ts'
import { useModelFileStore } from '../../../stores/model-file.ts'
import { useTimelineStore } from '../../../stores/timeline.ts'
import { useTrainViewStore } from '../../../stores/train-view.ts'
import { useTrainingStore } from '../../../stores/training.ts'
import { networkTitle } from '../../model/preset-title.ts'

/** Filters that can be guessed. */
export interface GuessChoice {
  readonly id: 'run' | 'file' | 'builtIn'
  readonly title: string
  readonly note: string
  /** Those that a round can be dealt of; none for the built-in round, which has its own. */
  readonly layers: readonly KernelLayer[]
  /** The layer in view. */
  readonly layer: string | undefined
  /** Where the filters of a layer are found; undefined for the built-in round. */
  readonly sourceOf?: (layer: string) => GuessSource
  /** One sentence about what is to be known of it. */
  readonly caution?: string
}

/** Whether a round can be dealt of a layer, as far as its shape tells. */
function isPlayable({ shape: [filters, , height, width] }: KernelLayer): boolean {
  return filters >= FEWEST_FILTERS && height * width >= FEWEST_WEIGHTS_OF_SLICE
}

/** The run in view, the open model file, and the round that is always there. */
export function useGuessChoices(): ComputedRef<readonly GuessChoice[]> {
  const builtIn = useGuessTrainingStore()
  const file = useModelFileStore()
  const timeline = useTimelineStore()
  const training = useTrainingStore()
  const view = useTrainViewStore()

  const ofRun = computed((): GuessChoice | undefined => {
    const { run, runId } = training
    // While it is trained, steps that are kept now may be thinned out before the truth is asked for.
    if (run === undefined || runId === undefined || training.isRunning) return undefined
    const step = timeline.keptStep !== 0 ? timeline.keptStep : timeline.keptSteps.at(-1)
    if (step === undefined || step === 0) return undefined
    const title = text('learn.guess.start.run', {
      network: networkTitle(run.architectureName),
      step: formatInteger(step),
    })
    return {
      id: 'run',
      title,
      note: text('learn.guess.start.runNote'),
      layers: run.kernelLayers.filter(isPlayable),
      layer: view.kernelLayer?.name,
      sourceOf: (layer) => ({ kind: 'run', runId, layer, step }),
      ...(run.control !== 'none' && { caution: text('learn.guess.start.control') }),
    }
  })
  const ofFile = computed((): GuessChoice | undefined => {
    if (file.summary === undefined) return undefined
    const { path } = file
    return {
      id: 'file',
      title: file.summary.title,
      note: text('learn.guess.start.fileNote'),
      layers: file.kernelLayers.filter(isPlayable),
      layer: file.kernelLayer?.name,
      sourceOf: (layer) => ({ kind: 'model', path, layer }),
    }
  })
  const always = computed((): GuessChoice => {
    const filters = BUILT_IN_FILTERS
    return {
      id: 'builtIn',
      title: text(builtIn.known ? 'learn.guess.start.builtInKnown' : 'learn.guess.start.builtIn'),
      note: text('learn.guess.start.builtInNote', { filters }),
      layers: [],
      layer: undefined,
      ...(!builtIn.known && { caution: text('learn.guess.start.builtInHint', { filters }) }),
    }
  })
  return computed(() => [ofRun.value, ofFile.value, always.value].filter((choice) => choice !== undefined))
}
