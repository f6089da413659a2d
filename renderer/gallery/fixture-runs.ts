import type {
  ActivationFrame,
  DeviceReport,
  FilterFrame,
  OpenedRun,
  RunDescription,
  RunLogEntry,
  RunPhase,
} from '../../engine/protocol/runs.ts'
import { type LiveFilterFrame, packWeights } from '../../engine/protocol/live-filters.ts'
import { trainingSettingsSchema } from '../../engine/protocol/settings.ts'
import { fixtureDescription } from './fixture-network.ts'
import { fixtureSummary } from './fixture-pictures.ts'

function run(number: number, phase: RunPhase, step: number, more: Partial<RunDescription> = {}): RunDescription {
  return {
    id: `run-${number}`,
    folder: `/home/ada/Filterscope/runs/run-${number}`,
    architectureName: number % 2 === 0 ? 'small' : 'lenet5-edited',
    dataTitle: number % 3 === 0 ? '/home/ada/letters' : 'X or O',
    control: 'none',
    image: { width: 28, height: 28, channels: 1, fit: 'crop' },
    training: trainingSettingsSchema.parse({ optimizer: { kind: 'adam' }, schedule: {} }),
    createdAt: `2026-11-${10 + number}T09:${10 + number}:00Z`,
    phase,
    epochs: 3,
    stepsPerEpoch: 23,
    totalSteps: 69,
    step,
    ...more,
  }
}

export const fixtureRuns: readonly RunDescription[] = [
  run(9, 'preparing', 0),
  run(8, 'running', 31),
  run(7, 'paused', 12),
  run(6, 'finished', 69, { testAccuracy: 0.9967, elapsedMs: 8400 }),
  run(5, 'stopped', 40, { testAccuracy: 0.5133, elapsedMs: 5100, control: 'shuffledLabels' }),
  run(4, 'failed', 17, {
    training: trainingSettingsSchema.parse({ optimizer: { kind: 'sgd' }, schedule: {}, learningRate: 0.01, seed: 7 }),
  }),
  run(2, 'interrupted', 52, { trainedBy: 'process 4711' }),
  run(3, 'interrupted', 52),
]

export const fixtureDevices: readonly DeviceReport[] = [
  { provider: 'cpu', label: 'CPU · 2 threads', usable: true, reason: 'The CPU always works.', advice: '' },
  {
    provider: 'webgpu',
    label: 'WebGPU',
    usable: false,
    reason: 'WebGPU failed its test computation: no supported adapters.',
    advice: 'Install the graphics driver of this machine.',
  },
]

export const fixtureOpenedRun: OpenedRun = {
  ...run(8, 'running', 31),
  classes: fixtureSummary.classes.map(({ name }) => name),
  data: fixtureSummary,
  network: fixtureDescription,
  kernelLayers: [
    { name: 'conv1', operator: 'Conv', shape: [8, 1, 7, 7] },
    { name: 'fc1', operator: 'Gemm', shape: [3, 8, 7, 7] },
  ],
  activationLayers: fixtureDescription.layers.map(({ name, kind, outputShape }) => ({
    name,
    kind,
    shape: outputShape,
  })),
  device: { provider: 'cpu', label: 'CPU · 2 threads', reason: 'It is the only device that works here.' },
}

/** The log of a run that is halfway through. */
export const fixtureRunLog: readonly RunLogEntry[] = [
  { kind: 'phase', phase: 'preparing', step: 0 },
  { kind: 'prepared', run: fixtureOpenedRun },
  { kind: 'phase', phase: 'running', step: 0 },
  { kind: 'snapshot', step: 0, keptSteps: [0], budgetBytes: 268_435_456, usedBytes: 13_000, thinned: false },
  ...Array.from({ length: 31 }, (_, index): RunLogEntry => ({
    kind: 'steps',
    step: index + 1,
    epoch: Math.floor(index / 23) + 1,
    losses: [1.1 * Math.exp(-index / 9) + 0.04 * ((index * 7) % 5)],
    trainAccuracy: 1 - 0.6 * Math.exp(-index / 8),
    learningRate: 0.003,
    imagesPerSecond: 2100,
  })),
  { kind: 'evaluation', split: 'validation', step: 23, epoch: 1, loss: 0.21, accuracy: 0.93 },
  {
    kind: 'snapshot',
    step: 31,
    keptSteps: [0, 5, 10, 15, 20, 25, 31],
    budgetBytes: 268_435_456,
    usedBytes: 91_000,
    thinned: false,
  },
]

/** Kernels that turn from noise to edges with the step. */
export function fixtureFilters(layer: string, step: number): FilterFrame {
  const shape = fixtureOpenedRun.kernelLayers.find(({ name }) => name === layer)?.shape ?? [8, 1, 7, 7]
  const [filters, channels, height, width] = shape
  const data = new Float32Array(filters * channels * height * width)
  const learned = step / 31
  for (let index = 0; index < data.length; index++) {
    const x = (index % width) - (width - 1) / 2
    const y = (Math.floor(index / width) % height) - (height - 1) / 2
    const angle = (Math.floor(index / (width * height * channels)) * Math.PI) / filters
    const edge = Math.sin(x * Math.cos(angle) + y * Math.sin(angle))
    data[index] = 0.4 * learned * edge + 0.3 * (((index * 7919) % 97) / 48 - 1) * (1 - 0.7 * learned)
  }
  return { layer, step, weights: { dims: shape, data } }
}

export function asLive(frame: FilterFrame): LiveFilterFrame {
  return { ...frame, weights: packWeights(frame.weights) }
}

export function fixtureActivations(layer: string, step: number): ActivationFrame {
  const dims = fixtureDescription.layers.find(({ name }) => name === layer)?.outputShape ?? [8, 14, 14]
  const data = Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) =>
    Math.max(0, Math.sin(index / 9) * Math.cos(index / 31)),
  )
  return { layer, step, maps: { dims, data }, probabilities: [0.91, 0.07, 0.02] }
}
