import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BatchSource, createBatchSource } from '../../engine/datasets/batches.ts'
import type { Tensor } from '../../engine/onnx/graph.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { Evaluator } from '../../engine/trainer/evaluator.ts'
import { Journal } from '../../engine/trainer/journal.ts'
import { prepareRun } from '../../engine/trainer/prepare-run.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import { SnapshotSchedule } from '../../engine/trainer/snapshot-schedule.ts'
import { type StepRunner, createStepRunner } from '../../engine/networks/step-runner.ts'
import { Trainer } from '../../engine/trainer/trainer.ts'

const settings: RunSettingsInput = {
  data: { source: { kind: 'xo', options: { count: 200, size: 12 } } },
  network: {
    kind: 'layers',
    architecture: { name: 'tiny', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
  },
  training: { epochs: 2, batchSize: 16, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu' },
}

/** What a test puts in the way of a run, and what it hears of it. */
export interface BareRunOptions {
  readonly training?: Partial<RunSettingsInput['training']>
  readonly control?: RunControl
  readonly wrapRunner?: (cpu: StepRunner) => StepRunner
  readonly wrapBatches?: (batches: BatchSource) => BatchSource
  /** Replaces methods of the folder by such as fail. */
  readonly breakFolder?: (folder: RunFolder) => void
  readonly onEntry?: (entry: RunLogEntry) => void
}

/** A whole run of a very small network, its parts put together by hand so that any of them can be replaced. */
export async function trainBareRun(options: BareRunOptions = {}): Promise<RunLogEntry[]> {
  const parent = await mkdtemp(join(tmpdir(), 'bare-run-'))
  try {
    const parsed = runSettingsSchema.parse({ ...settings, training: { ...settings.training, ...options.training } })
    const folder = await RunFolder.create(join(parent, 'run'), 'run', parsed, '0.0.0')
    const prepared = await prepareRun(folder, parsed, {})
    const { network, weights, imageDims, classes, stepsPerEpoch } = prepared
    const entries: RunLogEntry[] = []
    const journal = await Journal.open(folder, (entry) => {
      entries.push(entry)
      options.onEntry?.(entry)
    })
    const load = (state: ReadonlyMap<string, Tensor>) => createStepRunner(prepared.step, 'cpu', 1, state)
    const device = { provider: 'cpu', label: 'CPU', reason: '' } as const
    const batches = createBatchSource(prepared.dataset.splits.train, prepared.batches)
    const cpu = await load(new Map())
    options.breakFolder?.(folder)
    const parts = {
      settings: parsed,
      folder,
      prepared,
      batches: options.wrapBatches?.(batches) ?? batches,
      evaluator: await Evaluator.create(network.graph, weights, imageDims, classes, parsed.training.loss, 1),
      snapshots: new SnapshotSchedule(stepsPerEpoch, 1000),
      journal,
      control: options.control ?? new RunControl(),
      postFilters: () => undefined,
      fallBack: async (state: ReadonlyMap<string, Tensor>) => ({ runner: await load(state), device }),
    }
    await new Trainer(parts, options.wrapRunner?.(cpu) ?? cpu, device, 0, parsed.training.learningRate).run()
    await journal.close()
    return entries
  } finally {
    await rm(parent, { recursive: true })
  }
}

export function lossesByStep(entries: readonly RunLogEntry[]): Map<number, number> {
  const losses = new Map<number, number>()
  for (const entry of entries) {
    if (entry.kind !== 'steps') continue
    entry.losses.forEach((loss, index) => losses.set(entry.step - entry.losses.length + index + 1, loss))
  }
  return losses
}
