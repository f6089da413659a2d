import type { OpenedRun, RunLogEntry, RunPhase } from '../../engine/protocol/runs.ts'
import TrainWorkspace from '../workspaces/train/TrainWorkspace.vue'
import type { FixtureAnswers } from './fixture-client.ts'
import { fixtureClient, refusal } from './fixture-client.ts'
import { fixturePicture } from './fixture-pictures.ts'
import { asLive, fixtureActivations, fixtureFilters, fixtureOpenedRun, fixtureRunLog } from './fixture-runs.ts'
import type { GalleryEntry } from './gallery-entry.ts'

/** A network with RGB kernels, deep rows that fold, and a fully connected layer. */
const deepRun: OpenedRun = {
  ...fixtureOpenedRun,
  kernelLayers: [
    { name: 'conv1', operator: 'Conv', shape: [96, 3, 11, 11] },
    { name: 'fc1', operator: 'Conv', shape: [64, 96, 5, 5] },
  ],
}

function answersOf(run: OpenedRun): FixtureAnswers {
  return {
    'runs.open': () => run,
    'runs.filters': ({ layer, step }) => framesOf(run, layer, step),
    'runs.activations': ({ layer, step }) => fixtureActivations(layer, step ?? 31),
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
}

function framesOf(run: OpenedRun, layer: string, step: number) {
  const shape = run.kernelLayers.find(({ name }) => name === layer)?.shape
  if (shape === undefined) throw refusal(`The run has no layer named ${layer}.`)
  if (run === fixtureOpenedRun) return fixtureFilters(layer, step)
  const [filters, channels, height, width] = shape
  const data = Float32Array.from({ length: filters * channels * height * width }, (_, index) => {
    const filter = Math.floor(index / (channels * height * width))
    const channel = Math.floor(index / (height * width)) % channels
    const x = (index % width) - width / 2
    const y = (Math.floor(index / width) % height) - height / 2
    const angle = filter * 0.37
    const wave = Math.sin((x * Math.cos(angle) + y * Math.sin(angle)) * 0.9 + channel * (filter % 3))
    const noise = ((index * 7919) % 97) / 48 - 1
    return (0.4 * wave * step) / 31 + 0.2 * noise * (1 - (0.8 * step) / 31)
  })
  return { layer, step, weights: { dims: shape, data } }
}

/** A run as it stands after some more entries of its log. */
function entry(panel: string, state: GalleryEntry['state'], run: OpenedRun, log: readonly RunLogEntry[]): GalleryEntry {
  return {
    panel: `Train, ${panel}`,
    state,
    component: TrainWorkspace,
    client: () =>
      fixtureClient(answersOf(run), {
        run: () => log,
        filters: ({ layer }) => [asLive(framesOf(run, layer, 31))],
        activations: ({ layer }) => [fixtureActivations(layer, 31)],
      }),
    runId: 'run-8',
  }
}

function logOf(run: OpenedRun, ...more: readonly RunLogEntry[]): RunLogEntry[] {
  return [...fixtureRunLog.map((logged) => (logged.kind === 'prepared' ? { ...logged, run } : logged)), ...more]
}

const ended = (phase: RunPhase, message: string): RunLogEntry => ({ kind: 'phase', phase, step: 31, message })
const checkpoint: RunLogEntry = { kind: 'checkpoint', step: 23 }

/** What the Train workspace can come to besides the plain run. */
export const trainEntries: readonly GalleryEntry[] = [
  entry('paused by NaN', 'error', fixtureOpenedRun, [
    ...logOf(fixtureOpenedRun, checkpoint),
    ended(
      'paused',
      'The loss is not a number since step 31; conv2 was the first layer to blow up. The last good weights are kept: lower the learning rate and resume.',
    ),
  ]),
  entry('failed', 'error', fixtureOpenedRun, [
    ...logOf(fixtureOpenedRun, checkpoint),
    ended('failed', 'The disk is full: /home/ada/Filterscope/runs/run-8/checkpoints could not be written.'),
  ]),
  entry('interrupted', 'error', fixtureOpenedRun, [
    ...logOf(fixtureOpenedRun, checkpoint),
    ended('interrupted', 'The training process ended without a word (signal SIGKILL).'),
  ]),
  entry('failed before it was prepared', 'error', fixtureOpenedRun, [
    { kind: 'phase', phase: 'failed', step: 0, message: 'The folder /home/ada/letters is gone.' },
  ]),
  entry('finished, thinned snapshots, a changed learning rate, a device that fell back', 'live', fixtureOpenedRun, [
    ...logOf(fixtureOpenedRun),
    { kind: 'learningRate', step: 12, learningRate: 0.0005 },
    {
      kind: 'device',
      device: { provider: 'cpu', label: 'CPU · 2 threads', reason: 'WebGPU failed at step 9: device lost.' },
      fallback: true,
    },
    ...[25, 27, 29, 31, 33, 35].map((step): RunLogEntry => ({
      kind: 'snapshot',
      step,
      keptSteps: [0, 16, 31],
      budgetBytes: 268_435_456,
      usedBytes: 268_000_000,
      thinned: true,
    })),
    { kind: 'evaluation', split: 'test', step: 31, epoch: 2, loss: 0.19, accuracy: 0.94 },
    { kind: 'phase', phase: 'finished', step: 31 },
  ]),
  entry('RGB kernels', 'live', deepRun, logOf(deepRun)),
]
