import type { Pinia } from 'pinia'
import { watch } from 'vue'
import type { AblationCurve, FilterOrder, WidthAdvice } from '../../engine/protocol/advice.ts'
import { useTrainViewStore } from '../stores/train-view.ts'
import { useWidthAdviceStore } from '../stores/width-advice.ts'
import TrainWorkspace from '../workspaces/train/TrainWorkspace.vue'
import { type FixtureAnswers, fixtureClient, refusal } from './fixture-client.ts'
import { asLive, fixtureActivations, fixtureFilters, fixtureRunLog } from './fixture-runs.ts'
import { fixtureLooks } from './fixture-verdicts.ts'
import type { GalleryEntry } from './gallery-entry.ts'

/** Accuracies with none to all of eight filters kept. */
function curve(order: FilterOrder, accuracies: readonly number[], kept: number, high: number): AblationCurve {
  const points = accuracies.map((accuracy, index) => ({ kept: index, accuracy }))
  return { order, ranking: [0, 2, 7, 1, 4, 6, 3, 5], points, knee: { kept, low: kept, high } }
}

const fixtureAdvice: WidthAdvice = {
  layer: 'conv1',
  step: 31,
  filters: 8,
  verdict: 'tooMany',
  reasons: [{ id: 'knee', kept: 4, filters: 8 }],
  suggested: 5,
  dead: 1,
  copies: 1,
  random: { estimate: 0.9, low: 0, high: 3.2 },
  diversity: 0.71,
  saturation: { components: 5, share: 5 / 8, positions: 2000 },
  ablation: {
    pictures: 300,
    measure: 'accuracy',
    accuracy: 0.97,
    best: 'greedy',
    missing: [],
    greedy: { from: 6, first: 'taylor', pictures: 300 },
    curves: [
      curve('norm', [0.33, 0.5, 0.61, 0.72, 0.8, 0.9, 0.955, 0.965, 0.97], 7, 7),
      curve('activation', [0.33, 0.45, 0.6, 0.75, 0.85, 0.93, 0.962, 0.97, 0.97], 6, 7),
      curve('taylor', [0.33, 0.58, 0.79, 0.9, 0.95, 0.965, 0.97, 0.97, 0.97], 5, 5),
      curve('greedy', [0.33, 0.66, 0.87, 0.95, 0.968, 0.97, 0.971, 0.97, 0.97], 4, 5),
    ],
  },
}

const stuck: WidthAdvice = {
  ...fixtureAdvice,
  verdict: 'tooFew',
  reasons: [{ id: 'noPlateau', kept: 8, filters: 8 }],
  suggested: 16,
  whyNotResizable:
    "The filters of 'conv1' (Conv) lead into nodes that need all of them: 'add1' (Add) adds them to as many maps of another branch, which would have to lose the same ones.",
}

/** Opens the pane, and measures as soon as a layer is in view. */
function measureSoon(pinia: Pinia): void {
  const view = useTrainViewStore(pinia)
  const advice = useWidthAdviceStore(pinia)
  view.sideShows = 'verdict'
  watch(
    () => advice.wanted !== undefined,
    (isPossible) => isPossible && void advice.measure(),
    { flush: 'post' },
  )
}

/** What the advice about a layer's width can come to; `answers` for everything around it. */
export function widthEntries(answers: FixtureAnswers): readonly GalleryEntry[] {
  function entry(
    panel: string,
    state: GalleryEntry['state'],
    other: FixtureAnswers,
    prepare: (pinia: Pinia) => void = measureSoon,
  ): GalleryEntry {
    const topics = {
      run: () => fixtureRunLog,
      filters: ({ layer }: { layer: string }) => [asLive(fixtureFilters(layer, 31))],
      activations: ({ layer }: { layer: string }) => [fixtureActivations(layer, 31)],
      verdicts: () => [fixtureLooks],
      task: () => [{ stage: 'Masking filters', done: 41, total: 120, rate: 18 }],
    }
    return {
      panel: `Train, enough filters, ${panel}`,
      state,
      component: TrainWorkspace,
      client: () => fixtureClient({ ...answers, ...other }, topics),
      runId: 'run-8',
      prepare,
    }
  }
  const failing = (): never => {
    throw refusal('The data set has changed since the run began: letters holds 5,000 pictures now.')
  }
  return [
    entry('not measured', 'empty', {}, (pinia) => (useTrainViewStore(pinia).sideShows = 'verdict')),
    entry('being measured', 'loading', {}),
    entry('refused', 'error', { 'runs.advice': failing }),
    entry('more than it uses', 'live', { 'runs.advice': () => fixtureAdvice }),
    entry('too few, and stuck', 'live', { 'runs.advice': () => stuck }),
  ]
}
