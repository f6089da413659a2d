import type { DataProgress } from '../../engine/protocol/messages.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import App from '../App.vue'
import { useModelStore } from '../stores/model.ts'
import DataWorkspace from '../workspaces/data/DataWorkspace.vue'
import ModelWorkspace from '../workspaces/model/ModelWorkspace.vue'
import RunsWorkspace from '../workspaces/runs/RunsWorkspace.vue'
import TrainWorkspace from '../workspaces/train/TrainWorkspace.vue'
import { augmentationEntries } from './augmentation-fixtures.ts'
import { examinationEntries } from './examination-fixtures.ts'
import { fixtureClient, refusal, type FixtureAnswers } from './fixture-client.ts'
import {
  fixtureBrokenDescription,
  fixtureConcerns,
  fixtureDescription,
  fixturePresets,
  fixtureSuited,
} from './fixture-network.ts'
import { fixturePicture, fixtureSummary, fixtureThumbnails } from './fixture-pictures.ts'
import {
  fixtureActivations,
  fixtureDevices,
  asLive,
  fixtureFilters,
  fixtureOpenedRun,
  fixtureRunLog,
  fixtureRuns,
} from './fixture-runs.ts'
import { fixtureJudgement, fixtureLooks, fixtureReasons } from './fixture-verdicts.ts'
import type { GalleryEntry } from './gallery-entry.ts'
import { learnEntries } from './learn-fixtures.ts'
import { modelFileEntries } from './model-fixtures.ts'
import { trainEntries } from './train-fixtures.ts'
import { verdictEntries } from './verdict-fixtures.ts'
import { widthEntries } from './width-fixtures.ts'

const app: FixtureAnswers = {
  'app.info': () => ({
    version: '0.1.0',
    mode: 'served',
    runsFolder: '/home/ada/Filterscope/runs',
    root: '/home/ada',
    logicalCores: 2,
  }),
  'devices.list': () => fixtureDevices,
}
const data: FixtureAnswers = {
  'data.open': () => ({ dataId: 'letters', summary: fixtureSummary }),
  'data.thumbnails': ({ offset, count }) => fixtureThumbnails(offset, count),
}
const model: FixtureAnswers = {
  'architecture.presets': () => fixturePresets,
  'architecture.describe': () => ({ description: fixtureDescription, concerns: fixtureConcerns }),
  'architecture.suited': () => fixtureSuited,
}
const run: FixtureAnswers = {
  'runs.open': () => fixtureOpenedRun,
  'runs.filters': ({ layer, step }) => fixtureFilters(layer, step),
  'runs.activations': ({ layer, step }) => fixtureActivations(layer, step ?? 31),
  'runs.verdict': ({ layer }) => fixtureJudgement(layer === 'conv1' ? 8 : 3),
  'runs.reasons': ({ layer, filter }) => fixtureReasons(layer === 'conv1' ? 8 : 3, filter),
  'runs.classify': () => ({
    step: 31,
    probabilities: [0.91, 0.07, 0.02],
    width: 28,
    height: 28,
    channels: 1,
    pixels: fixturePicture(0),
    label: 0,
  }),
}
const stop = (): never => {
  throw new ProtocolError('cancelled', 'The opening was cancelled.')
}
const refuse = (message: string) => (): never => {
  throw refusal(message)
}
const opening: DataProgress = { stage: 'Decoding images', done: 18_200, total: 50_000, rate: 1320 }

export const galleryEntries: readonly GalleryEntry[] = [
  {
    panel: 'Data',
    state: 'empty',
    component: DataWorkspace,
    client: () => fixtureClient({ ...app, 'data.open': stop }),
  },
  {
    panel: 'Data',
    state: 'loading',
    component: DataWorkspace,
    client: () => fixtureClient(app, { data: () => [opening] }),
  },
  {
    panel: 'Data',
    state: 'error',
    component: DataWorkspace,
    client: () =>
      fixtureClient({
        ...app,
        'data.open': refuse(
          '/home/ada/letters holds one class only (cross); a network needs two or more to tell apart.',
        ),
      }),
  },
  { panel: 'Data', state: 'live', component: DataWorkspace, client: () => fixtureClient({ ...app, ...data }) },

  ...examinationEntries({ ...app, ...data }),
  {
    panel: 'Model',
    state: 'empty',
    component: ModelWorkspace,
    client: () => fixtureClient({ ...app, ...data, 'architecture.presets': () => [] }),
  },
  { panel: 'Model', state: 'loading', component: ModelWorkspace, client: () => fixtureClient({ ...app, ...data }) },
  {
    panel: 'Model',
    state: 'error',
    component: ModelWorkspace,
    client: () =>
      fixtureClient({
        ...app,
        ...data,
        ...model,
        'architecture.describe': () => ({ description: fixtureBrokenDescription, concerns: [] }),
      }),
  },
  {
    panel: 'Model',
    state: 'live',
    component: ModelWorkspace,
    client: () => fixtureClient({ ...app, ...data, ...model }),
  },
  {
    panel: 'Model, as a graph',
    state: 'live',
    component: ModelWorkspace,
    client: () => fixtureClient({ ...app, ...data, ...model }),
    prepare: (pinia) => (useModelStore(pinia).form = 'graph'),
  },
  {
    panel: 'Model, as a graph',
    state: 'error',
    component: ModelWorkspace,
    client: () =>
      fixtureClient({
        ...app,
        ...data,
        ...model,
        'architecture.describe': () => ({ description: fixtureBrokenDescription, concerns: [] }),
      }),
    prepare: (pinia) => (useModelStore(pinia).form = 'graph'),
  },

  ...augmentationEntries({ ...app, ...data, ...model }),
  ...modelFileEntries({ ...app, ...data, ...model }),

  {
    panel: 'Train',
    state: 'empty',
    component: TrainWorkspace,
    client: () => fixtureClient({ ...app, ...data, ...model }),
  },
  {
    panel: 'Train',
    state: 'loading',
    component: TrainWorkspace,
    client: () =>
      fixtureClient(app, {
        run: () => [{ kind: 'progress', stage: 'Decoding images', done: 18_200, total: 50_000, unit: 'images' }],
      }),
    runId: 'run-8',
  },
  {
    panel: 'Train',
    state: 'error',
    component: TrainWorkspace,
    client: () => fixtureClient(app, { run: () => refusal('The folder /home/ada/Filterscope/runs/run-8 is gone.') }),
    runId: 'run-8',
  },
  {
    panel: 'Train',
    state: 'live',
    component: TrainWorkspace,
    client: () =>
      fixtureClient(
        { ...app, ...run },
        {
          run: () => fixtureRunLog,
          filters: ({ layer }) => [asLive(fixtureFilters(layer, 31))],
          activations: ({ layer }) => [fixtureActivations(layer, 31)],
          verdicts: () => [fixtureLooks],
        },
      ),
    runId: 'run-8',
  },

  ...trainEntries,
  ...verdictEntries({ ...app, ...run }),
  ...widthEntries({ ...app, ...run }),

  {
    panel: 'Runs',
    state: 'empty',
    component: RunsWorkspace,
    client: () => fixtureClient({ ...app, ...data, ...model }, { runs: () => [[]] }),
  },
  { panel: 'Runs', state: 'loading', component: RunsWorkspace, client: () => fixtureClient(app) },
  {
    panel: 'Runs',
    state: 'error',
    component: RunsWorkspace,
    client: () => fixtureClient(app, { runs: () => refusal('The folder /home/ada/Filterscope/runs cannot be read.') }),
  },
  {
    panel: 'Runs',
    state: 'live',
    component: RunsWorkspace,
    client: () => fixtureClient(app, { runs: () => [fixtureRuns] }),
  },

  ...learnEntries({ ...app, ...data, ...model }),

  {
    panel: 'Whole window',
    state: 'error',
    component: App,
    client: () => fixtureClient({}, {}, { kind: 'lost', reason: 'The engine closed the connection.', willRetry: true }),
  },
]
