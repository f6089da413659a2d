import type { ModelSummary } from '../../engine/protocol/models.ts'
import { useModelFileStore } from '../stores/model-file.ts'
import ModelWorkspace from '../workspaces/model/ModelWorkspace.vue'
import { fixtureClient, refusal, type FixtureAnswers } from './fixture-client.ts'
import { fixtureModel, fixtureModelFilters, fixtureObstructedModel } from './fixture-model.ts'
import { fixtureJudgement, fixtureReasons } from './fixture-verdicts.ts'
import type { GalleryEntry } from './gallery-entry.ts'

function entry(
  panel: string,
  state: GalleryEntry['state'],
  shared: FixtureAnswers,
  answers: FixtureAnswers,
  path = '/home/ada/models/resnet18.onnx',
): GalleryEntry {
  return {
    panel: `Model file, ${panel}`,
    state,
    component: ModelWorkspace,
    client: () => fixtureClient({ ...shared, ...answers }),
    prepare: (pinia) => {
      const file = useModelFileStore(pinia)
      file.source = 'file'
      if (path !== '') void file.open(path)
    },
  }
}

const filtersOf = (model: ModelSummary, name: string): number =>
  model.layers.find((layer) => layer.name === name)?.shape[0] ?? 8

const opened = (model: ModelSummary): FixtureAnswers => ({
  'models.open': () => model,
  'models.filters': ({ layer }) => fixtureModelFilters(model, layer),
  'models.verdict': ({ layer }) => fixtureJudgement(filtersOf(model, layer)),
  'models.reasons': ({ layer, filter }) => fixtureReasons(filtersOf(model, layer), filter),
})

/** What a model file can come to in the Model workspace; `shared` answers for everything around it. */
export function modelFileEntries(shared: FixtureAnswers): readonly GalleryEntry[] {
  return [
    entry('none', 'empty', shared, {}, ''),
    entry('being read', 'loading', shared, {}),
    entry('cannot be read', 'error', shared, {
      'models.open': () => {
        throw refusal(
          '/home/ada/models/resnet18.onnx ends in the middle of the tensor conv1.weight; copy the file again.',
        )
      },
    }),
    entry('residual network', 'live', shared, opened(fixtureModel(4))),
    entry('no gradient in places', 'live', shared, opened(fixtureObstructedModel())),
    entry('500 nodes', 'live', shared, opened(fixtureModel(32))),
    entry('verdict refused', 'error', shared, {
      ...opened(fixtureModel(4)),
      'models.verdict': () => {
        throw refusal('This layer has 21,841 filters; more than 16384 are not compared with each other.')
      },
    }),
    entry('filters cannot be read', 'error', shared, {
      ...opened(fixtureModel(4)),
      'models.filters': () => {
        throw refusal('The weights of conv1 lie in resnet18.weights, which is missing beside the model.')
      },
    }),
  ]
}
