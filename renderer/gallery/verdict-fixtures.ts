import type { Pinia } from 'pinia'
import { watch } from 'vue'
import type { VerdictLook } from '../../engine/protocol/verdicts.ts'
import type { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { useTrainViewStore } from '../stores/train-view.ts'
import TrainWorkspace from '../workspaces/train/TrainWorkspace.vue'
import { type FixtureAnswers, fixtureClient, refusal } from './fixture-client.ts'
import { asLive, fixtureActivations, fixtureFilters, fixtureRunLog } from './fixture-runs.ts'
import { fixtureLooks } from './fixture-verdicts.ts'
import type { GalleryEntry } from './gallery-entry.ts'

/** Opens the verdict, with a filter selected once there is one. */
function openVerdict(filter: number | undefined): (pinia: Pinia) => void {
  return (pinia) => {
    const view = useTrainViewStore(pinia)
    view.sideShows = 'verdict'
    if (filter === undefined) return
    watch(
      () => view.kernelLayer,
      () => (view.selection = { filter, channel: 0 }),
      { flush: 'post', once: true },
    )
  }
}

/** What the verdict on a run can come to; `answers` for everything around it. */
export function verdictEntries(answers: FixtureAnswers): readonly GalleryEntry[] {
  function entry(
    panel: string,
    state: GalleryEntry['state'],
    verdicts: () => readonly (readonly VerdictLook[])[] | ProtocolError,
    { filter, ...other }: FixtureAnswers & { readonly filter?: number } = {},
  ): GalleryEntry {
    const topics = {
      run: () => fixtureRunLog,
      filters: ({ layer }: { layer: string }) => [asLive(fixtureFilters(layer, 31))],
      activations: ({ layer }: { layer: string }) => [fixtureActivations(layer, 31)],
      verdicts,
    }
    return {
      panel: `Train, verdict ${panel}`,
      state,
      component: TrainWorkspace,
      client: () => fixtureClient({ ...answers, ...other }, topics),
      runId: 'run-8',
      prepare: openVerdict(filter),
    }
  }
  const looked = () => [fixtureLooks]
  const gone = (): never => {
    throw refusal('The weights of step 31 are not kept.')
  }
  const waiting = ({ 'runs.verdict': _verdict, 'runs.reasons': _reasons, ...rest }: FixtureAnswers): FixtureAnswers =>
    rest
  return [
    entry('before the first look', 'empty', () => [[]]),
    entry('refused', 'error', () => refusal('verdicts.jsonl of run-8 cannot be read.')),
    entry('whose reasons are gone', 'error', looked, { filter: 0, 'runs.reasons': gone }),
    entry('with the reasons of a structured filter', 'live', looked, { filter: 0 }),
    entry('with the reasons of a copy', 'live', looked, { filter: 3 }),
    entry('with the reasons of a dead filter', 'live', looked, { filter: 5 }),
    {
      ...entry('under way', 'loading', looked),
      client: () =>
        fixtureClient(waiting(answers), {
          run: () => fixtureRunLog,
          verdicts: looked,
          filters: ({ layer }) => [asLive(fixtureFilters(layer, 31))],
        }),
    },
  ]
}
