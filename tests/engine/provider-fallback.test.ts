import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBatchSource } from '../../engine/datasets/batches.ts'
import type { Tensor } from '../../engine/onnx/graph.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { RuntimeError } from '../../engine/runtime/runtime-error.ts'
import { Evaluator } from '../../engine/trainer/evaluator.ts'
import { Journal } from '../../engine/trainer/journal.ts'
import { prepareRun } from '../../engine/trainer/prepare-run.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import { SnapshotSchedule } from '../../engine/trainer/snapshot-schedule.ts'
import { type StepRunner, createStepRunner } from '../../engine/trainer/step-runner.ts'
import { Trainer } from '../../engine/trainer/trainer.ts'

const settings: RunSettingsInput = {
  data: { source: { kind: 'xo', options: { count: 200, size: 12 } } },
  architecture: { name: 'tiny', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
  training: { epochs: 2, batchSize: 16, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu' },
}

/** A device that computes as the CPU does until its `failsAt`-th run, and then only throws. */
function failing(runner: StepRunner, failsAt: number, stateSurvives: boolean): StepRunner {
  let runs = 0
  const broken = new RuntimeError('webgpu', 'The device was lost.')
  return {
    provider: 'webgpu',
    run: (batch, learningRate) => (++runs < failsAt ? runner.run(batch, learningRate) : Promise.reject(broken)),
    state: () => (runs < failsAt || stateSurvives ? runner.state() : Promise.reject(broken)),
    undo: () => runner.undo(),
    release: () => runner.release(),
  }
}

async function trainOn(makeRunner: (cpu: StepRunner) => StepRunner): Promise<RunLogEntry[]> {
  const parent = await mkdtemp(join(tmpdir(), 'fallback-'))
  try {
    const parsed = runSettingsSchema.parse(settings)
    const folder = await RunFolder.create(join(parent, 'run'), 'run', parsed, '0.0.0')
    const prepared = await prepareRun(folder, parsed, {})
    const { network, trainable, imageDims, classes, batchSize, stepsPerEpoch } = prepared
    const entries: RunLogEntry[] = []
    const journal = await Journal.open(folder, (entry) => entries.push(entry))
    const load = (state: ReadonlyMap<string, Tensor>) => createStepRunner(prepared.step, 'cpu', 1, state)
    const device = { provider: 'cpu', label: 'CPU', reason: '' } as const
    const parts = {
      settings: parsed,
      folder,
      prepared,
      batches: createBatchSource(prepared.dataset.splits.train, { batchSize, stepsPerEpoch, seed: 0 }),
      evaluator: await Evaluator.create(network, trainable, imageDims, classes, 'crossEntropy', 1),
      snapshots: new SnapshotSchedule(stepsPerEpoch),
      journal,
      control: new RunControl(),
      postFilters: () => undefined,
      fallBack: async (state: ReadonlyMap<string, Tensor>) => ({ runner: await load(state), device }),
    }
    await new Trainer(parts, makeRunner(await load(new Map())), device, 0, 0.01).run()
    await journal.close()
    return entries
  } finally {
    await rm(parent, { recursive: true })
  }
}

function lossesByStep(entries: readonly RunLogEntry[]): [number, number][] {
  const losses = new Map<number, number>()
  for (const entry of entries) {
    if (entry.kind !== 'steps') continue
    entry.losses.forEach((loss, index) => losses.set(entry.step - entry.losses.length + index + 1, loss))
  }
  return [...losses]
}

describe('a provider that fails while it trains', () => {
  it.each([
    { what: 'whose memory can still be read', stateSurvives: true },
    { what: 'that takes its memory along', stateSurvives: false },
  ])('$what is replaced by the CPU, visibly, and no number changes', async ({ stateSurvives }) => {
    const undisturbed = await trainOn((cpu) => cpu)
    const entries = await trainOn((cpu) => failing(cpu, 4, stateSurvives))
    expect(lossesByStep(entries)).toEqual(lossesByStep(undisturbed))
    const change = entries.find((entry) => entry.kind === 'device' && entry.fallback)
    expect(change).toMatchObject({
      device: { provider: 'cpu', reason: expect.stringContaining('The device was lost.') },
    })
    expect(entries.at(-1)?.kind).toBe('finished')
  })
})
