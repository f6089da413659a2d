import type { Pinia } from 'pinia'
import type { TrainingPictures } from '../../engine/protocol/data.ts'
import { augmentationSchema } from '../../engine/protocol/augmentation.ts'
import { useTrainingSettingsStore } from '../stores/training-settings.ts'
import ModelWorkspace from '../workspaces/model/ModelWorkspace.vue'
import { type FixtureAnswers, fixtureClient, refusal } from './fixture-client.ts'
import { fixtureThumbnails } from './fixture-pictures.ts'
import type { GalleryEntry } from './gallery-entry.ts'

function fixtureTrainingPictures(step: number, count: number): TrainingPictures {
  const shown = fixtureThumbnails(count * step, count)
  return { ...shown, originals: shown.pixels, pixels: shown.pixels.map((value) => 255 - value) }
}

function changePictures(pinia: Pinia): void {
  const wanted = useTrainingSettingsStore(pinia)
  wanted.training = { ...wanted.training, augmentation: augmentationSchema.parse({ flipHorizontal: true, shift: 2 }) }
}

/** The settings of a run whose pictures are changed at random; `base` answers everything but the pictures. */
export function augmentationEntries(base: FixtureAnswers): readonly GalleryEntry[] {
  const entry = (state: GalleryEntry['state'], answers: FixtureAnswers): GalleryEntry => ({
    panel: 'Model, random changes',
    state,
    component: ModelWorkspace,
    client: () => fixtureClient({ ...base, ...answers }),
    prepare: changePictures,
  })
  return [
    entry('loading', {}),
    entry('error', {
      'data.trainingPictures': () => {
        throw refusal(
          'A shift of up to 20 pixels can move most of a picture out of view; for pictures of 28×28 pixels allow at most 14.',
        )
      },
    }),
    entry('live', { 'data.trainingPictures': ({ step, count }) => fixtureTrainingPictures(step, count) }),
  ]
}
