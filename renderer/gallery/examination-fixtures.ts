import type { Pinia } from 'pinia'
import { watch } from 'vue'
import type { DataExamination } from '../../engine/protocol/examination.ts'
import { useDataExaminationStore } from '../stores/data-examination.ts'
import { useDataStore } from '../stores/data.ts'
import DataWorkspace from '../workspaces/data/DataWorkspace.vue'
import { type FixtureAnswers, fixtureClient, refusal } from './fixture-client.ts'
import { fixturePicture, fixtureSummary } from './fixture-pictures.ts'
import type { GalleryEntry } from './gallery-entry.ts'

const fixtureExamination: DataExamination = {
  width: 28,
  height: 28,
  channels: 1,
  pictures: fixtureSummary.counts.train,
  mean: fixturePicture(6),
  deviation: fixturePicture(7),
  largestDeviation: 104,
  classMeans: Uint8Array.from([0, 1, 2].flatMap((number) => [...fixturePicture(number)])),
  compared: fixtureSummary.counts.validation + fixtureSummary.counts.test,
  exact: 1,
  near: 0,
  problems: [
    {
      path: '/home/ada/letters/cross/18.png',
      message:
        'In the test split, it is the very same picture as /home/ada/letters/cross/7.png in the training split; accuracy on it says nothing about pictures never seen, so remove one of them.',
    },
  ],
}

/** Looks at the pictures as soon as they are open. */
function examineSoon(pinia: Pinia): void {
  const data = useDataStore(pinia)
  const examining = useDataExaminationStore(pinia)
  watch(
    () => data.opened,
    (opened) => opened && void examining.run(),
    { flush: 'post' },
  )
}

/** All pictures of the data set looked at; `base` answers everything else. */
export function examinationEntries(base: FixtureAnswers): readonly GalleryEntry[] {
  const entry = (state: GalleryEntry['state'], answers: FixtureAnswers): GalleryEntry => ({
    panel: 'Data, all pictures',
    state,
    component: DataWorkspace,
    client: () => fixtureClient({ ...base, ...answers }),
    prepare: examineSoon,
  })
  return [
    entry('loading', {}),
    entry('error', {
      'data.examine': () => {
        throw refusal('This data is not open any more; open it again.')
      },
    }),
    entry('live', { 'data.examine': () => fixtureExamination }),
  ]
}
