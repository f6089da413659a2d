import { setImmediate as nextTurn } from 'node:timers/promises'
import { createBatchSource } from '../datasets/batches.ts'
import type { Tensor } from '../onnx/graph.ts'
import type { DeviceChoice } from '../protocol/runs.ts'
import type { TrainerEvent } from '../protocol/trainer.ts'
import { type RunFolder, snapshotSize } from '../runs/run-folder.ts'
import { chooseDevice } from '../runtime/device-report.ts'
import { cpuThreads } from '../runtime/providers.ts'
import { keptLearningRate, readCheckpoint, requireSameData, requireState } from './continue-run.ts'
import { Evaluator } from './evaluator.ts'
import type { Journal } from './journal.ts'
import { writeModel } from '../onnx/write-model.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import type { RunControl } from './run-control.ts'
import { SnapshotSchedule } from './snapshot-schedule.ts'
import { type StepRunner, createStepRunner } from '../networks/step-runner.ts'
import { Trainer } from './trainer.ts'

/**
 * Makes a run ready and returns its trainer: from the beginning, or from the newest checkpoint of `folder`.
 * Throws with a sentence for a person where data, architecture or device cannot be used.
 */
export async function startTrainer(
  folder: RunFolder,
  isContinued: boolean,
  control: RunControl,
  journal: Journal,
  post: (event: TrainerEvent) => void,
): Promise<Trainer> {
  const { settings } = folder
  const { training } = settings
  const checkpoint = isContinued ? await readCheckpoint(folder) : undefined
  const step = checkpoint?.step ?? 0
  // The step says how much of what was logged before still holds: what came after it is trained again.
  await journal.enter('preparing', step)
  const prepared = await prepareRun(folder, settings, {
    onProgress: ({ stage, done, total }) => journal.mention({ kind: 'progress', stage, done, total, unit: 'images' }),
    onProblem: (problem) => journal.mention({ kind: 'problem', problem }),
    signal: control.stopSignal,
  })
  if (checkpoint !== undefined) {
    requireSameData(await folder.description(), prepared.dataset.summary)
    requireState(checkpoint, prepared.step.state)
    await folder.forgetAfter(step)
  }
  const device = await chooseDevice(training.device)
  const state = checkpoint?.tensors ?? new Map<string, Tensor>()
  const { runner, used } = await loadStep(prepared, device, state)
  const evaluator = await Evaluator.create(
    prepared.network.graph,
    prepared.weights,
    prepared.imageDims,
    prepared.classes,
    training.loss,
    cpuThreads(),
    prepared.classWeights,
  )
  if (!isContinued) await folder.writeModel('initial', writeModel({ graph: prepared.network.graph }))
  const run = { ...prepared.description, device: used, phase: 'preparing' as const, step }
  await journal.describe(run)
  await journal.add({ kind: 'prepared', run })
  await journal.add({ kind: 'device', device: used, fallback: used.provider !== device.provider })
  // A run that goes on has its problems in the log already.
  const problems = isContinued ? [] : prepared.dataset.summary.problems
  for (const problem of problems) await journal.add({ kind: 'problem', problem })
  const batches = createBatchSource(prepared.dataset.splits.train, prepared.batches)
  const born = new Map(prepared.weights.map((name) => [name, prepared.network.graph.initializers.get(name) as Tensor]))
  const parts = {
    settings,
    folder,
    prepared,
    batches,
    evaluator,
    snapshots: new SnapshotSchedule(prepared.stepsPerEpoch, snapshotSize(born)),
    journal,
    control,
    postFilters: (frame: Extract<TrainerEvent, { kind: 'filters' }>['frame']) => post({ kind: 'filters', frame }),
    fallBack: async (before: ReadonlyMap<string, Tensor>) => {
      const cpu = await chooseDevice('cpu')
      return { runner: await createStepRunner(prepared.step, 'cpu', cpuThreads(), before), device: cpu }
    },
  }
  await nextTurn()
  const learningRate = checkpoint === undefined ? training.learningRate : keptLearningRate(checkpoint)
  return new Trainer(parts, runner, used, step, learningRate)
}

/** A chosen device that refuses the graph is left for the CPU, and the reason kept. */
async function loadStep(
  prepared: PreparedRun,
  device: DeviceChoice,
  state: ReadonlyMap<string, Tensor>,
): Promise<{ runner: StepRunner; used: DeviceChoice }> {
  const threads = cpuThreads()
  try {
    return { runner: await createStepRunner(prepared.step, device.provider, threads, state), used: device }
  } catch (error) {
    if (device.provider === 'cpu' || !(error instanceof Error)) throw error
    const cpu = await chooseDevice('cpu')
    const used = {
      ...cpu,
      reason: `${device.label} could not load this network, so the CPU trains it: ${error.message}`,
    }
    return { runner: await createStepRunner(prepared.step, 'cpu', threads, state), used }
  }
}
