import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BatchSource } from '../datasets/batches.ts'
import { DataError } from '../datasets/dataset.ts'
import type { Tensor } from '../onnx/graph.ts'
import { type LiveFilterFrame, packWeights } from '../protocol/live-filters.ts'
import type { DeviceChoice, RunLogEntry } from '../protocol/runs.ts'
import type { RunSettings } from '../protocol/settings.ts'
import { refusalReason } from '../runs/refusal-reason.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import { stepCounterName } from '../training/training-step.ts'
import { firstBlownUp, returnToLastGood } from './blow-up.ts'
import { checkpointTensors } from './continue-run.ts'
import type { Evaluation, Evaluator } from './evaluator.ts'
import type { Journal } from './journal.ts'
import { Pace } from './pace.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { RunControl } from './run-control.ts'
import { isSaveFailure } from './save-failure.ts'
import type { SnapshotSchedule } from './snapshot-schedule.ts'
import type { StepBatch, StepResults, StepRunner } from '../networks/step-runner.ts'

/** Besides one checkpoint an epoch: at most this much work is lost. */
const checkpointEveryMs = 60_000

export interface TrainerParts {
  readonly settings: RunSettings
  readonly folder: RunFolder
  readonly prepared: PreparedRun
  readonly batches: BatchSource
  readonly evaluator: Evaluator
  readonly snapshots: SnapshotSchedule
  readonly journal: Journal
  readonly control: RunControl
  readonly postFilters: (frame: LiveFilterFrame) => void
  /** Loads the step again on the CPU after a provider failed. */
  readonly fallBack: (state: ReadonlyMap<string, Tensor>) => Promise<{ runner: StepRunner; device: DeviceChoice }>
}

/** The training loop of one run: fused steps, and what falls due between them. */
export class Trainer {
  readonly #parts: TrainerParts
  readonly #pace = new Pace()
  /** What falls due at this step and is not done yet: a full disk or a failing device puts it off, and skips none. */
  readonly #due = new Set<'snapshot' | 'validation' | 'checkpoint'>()
  #runner: StepRunner
  #device: DeviceChoice
  #step: number
  #learningRate: number
  /** True after something could not be saved, until it is to be tried again. */
  #isHeld = false
  #tested: { readonly step: number; readonly result: { readonly testAccuracy?: number } } | undefined
  #keptSteps: readonly number[] | undefined
  #checkpointStep = -1
  /** Settled when the entries that nobody waited for are with the operating system, or when it refused them. */
  #told: Promise<void> = Promise.resolve()
  #lastCheckpointAt = performance.now()
  #imagesTrained = 0
  /** Time in evaluations and pauses. */
  #restMs = 0

  constructor(parts: TrainerParts, runner: StepRunner, device: DeviceChoice, step: number, learningRate: number) {
    this.#parts = parts
    this.#runner = runner
    this.#device = device
    this.#step = step
    this.#learningRate = learningRate
  }

  /** Trains to the end, or until stopped; then tests and writes the model. */
  async run(): Promise<void> {
    const startedAt = performance.now()
    if (this.#step === 0) {
      this.#due.add('snapshot')
      this.#due.add('checkpoint')
    }
    for (;;) {
      try {
        await this.#doWhatIsPossible()
        return await this.#finish(performance.now() - startedAt - this.#restMs)
      } catch (error) {
        if (isSaveFailure(error)) this.#holdOnSaveFailure(error)
        else if (error instanceof DataError)
          this.#pauseFor(`${error.message} Training is paused at step ${this.#step}.`)
        else if (this.#isDeviceFailure(error)) await this.#fallBack(error)
        else throw error
      }
    }
  }

  /** Until there is nothing left to train, or the run is stopped. */
  async #doWhatIsPossible(): Promise<void> {
    const { control, prepared } = this.#parts
    for (;;) {
      if (this.#isHeld) await this.#resting(() => this.#waitWhileHeld())
      await this.#doWhatIsDue()
      await this.#answer()
      if (this.#step >= prepared.totalSteps || control.stopRequested) return
      if (control.isWaiting) await this.#resting(() => this.#waitWhilePaused())
      else await this.#takeSteps()
    }
  }

  async #resting<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now()
    try {
      return await work()
    } finally {
      this.#restMs += performance.now() - startedAt
    }
  }

  /** A full disk loses nothing: the state stays in memory, log entries wait, and what failed is tried again. */
  #holdOnSaveFailure(failure: NodeJS.ErrnoException): void {
    const { control, folder } = this.#parts
    control.takeBackStop()
    // Reports that the disk refused are written with whatever is written next.
    this.#told = Promise.resolve()
    this.#isHeld = true
    this.#pauseFor(
      `The run could not be saved to ${folder.path} at step ${this.#step}: ${refusalReason(failure)}; training is paused and nothing is lost, so make room there and resume.`,
    )
  }

  #pauseFor(message: string): void {
    this.#parts.control.pauseOnFailure()
    this.#parts.journal.mention({ kind: 'phase', phase: 'paused', step: this.#step, message })
  }

  /** Saves nothing: that is what failed. Whoever asks for a checkpoint asks to try it again. */
  async #waitWhileHeld(): Promise<void> {
    const { control } = this.#parts
    while (control.isWaiting && !control.checkpointRequested) {
      await control.nextCommand()
      await this.#answerFilters()
    }
    this.#isHeld = false
  }

  async #waitWhilePaused(): Promise<void> {
    const { control, journal } = this.#parts
    await this.#checkpoint()
    if (journal.phase !== 'paused') await journal.enter('paused', this.#step)
    while (control.isWaiting) {
      await control.nextCommand()
      await this.#answer()
    }
  }

  async #takeSteps(): Promise<void> {
    const { control, batches, journal } = this.#parts
    if (!control.isPaused && journal.phase !== 'running') await journal.enter('running', this.#step)
    const startedAt = performance.now()
    // Asked once: a step that is allowed while this run is under way is still to be taken.
    const isSingle = control.isStepping
    const count = isSingle ? 1 : this.#stepsUntilBoundary()
    const batch = await batches.take(this.#step, count)
    const inputMs = performance.now() - startedAt
    const results = await this.#runner.run(batch, this.#learningRate)
    if (isSingle) control.stepTaken()
    const bad = firstBlownUp(results)
    if (bad >= 0) return this.#pauseOnBlowUp(batch, results, bad)
    const elapsedMs = performance.now() - startedAt
    this.#pace.measure(elapsedMs, count)
    this.#imagesTrained += count * this.#parts.prepared.batchSize
    this.#step += count
    this.#noteWhatIsDue()
    const earlier = this.#told
    this.#report(results, elapsedMs, inputMs)
    await earlier
  }

  /** How many steps to fuse: never past one at which something is due. */
  #stepsUntilBoundary(): number {
    const { prepared, snapshots } = this.#parts
    const epochEnd = (Math.floor(this.#step / prepared.stepsPerEpoch) + 1) * prepared.stepsPerEpoch
    const boundary = Math.min(epochEnd, snapshots.nextAfter(this.#step), prepared.totalSteps)
    return Math.min(this.#pace.stepsAtOnce, boundary - this.#step)
  }

  #noteWhatIsDue(): void {
    const { snapshots, prepared } = this.#parts
    if (snapshots.isDue(this.#step) || this.#step === prepared.totalSteps) this.#due.add('snapshot')
    if (this.#step % prepared.stepsPerEpoch !== 0) return
    this.#due.add('validation')
    this.#due.add('checkpoint')
  }

  async #doWhatIsDue(): Promise<void> {
    if (this.#due.has('snapshot')) await this.#keepSnapshot()
    if (this.#due.has('validation')) await this.#validate()
    const isOverdue = performance.now() - this.#lastCheckpointAt > checkpointEveryMs
    if (isOverdue || this.#due.has('checkpoint')) await this.#checkpoint()
  }

  /**
   * Tells what happens all the time without waiting for the disk, which works while the next steps are computed: where
   * it refuses, the run after that throws what it said.
   */
  #tell(entry: RunLogEntry): void {
    this.#told = this.#parts.journal.add(entry)
    this.#told.catch(() => undefined)
  }

  #report(results: StepResults, elapsedMs: number, inputMs: number): void {
    const { batchSize, stepsPerEpoch } = this.#parts.prepared
    const count = results.losses.length
    const correct = results.corrects.reduce((total, value) => total + value, 0)
    this.#tell({
      kind: 'steps',
      step: this.#step,
      epoch: Math.ceil(this.#step / stepsPerEpoch),
      losses: [...results.losses],
      trainAccuracy: correct / (count * batchSize),
      learningRate: results.learningRates.at(-1) ?? this.#learningRate,
      imagesPerSecond: (1000 * count * batchSize) / elapsedMs,
      inputShare: Number((inputMs / elapsedMs).toFixed(4)),
    })
  }

  /** Lets messages in, then answers what was asked meanwhile. */
  async #answer(): Promise<void> {
    await nextTurn()
    await this.#changeLearningRate()
    if (this.#parts.control.takeCheckpointRequest()) await this.#answerCheckpointRequest()
    await this.#answerFilters()
  }

  /** Only here, between runs: the step that is recorded is the one from which the new rate holds. */
  async #changeLearningRate(): Promise<void> {
    const learningRate = this.#parts.control.takeLearningRate()
    if (learningRate === undefined) return
    this.#learningRate = learningRate
    await this.#parts.journal.add({ kind: 'learningRate', step: this.#step, learningRate })
  }

  /** Whoever asked waits for the entry, also where this step had its checkpoint already. */
  async #answerCheckpointRequest(): Promise<void> {
    if (this.#checkpointStep === this.#step) await this.#parts.journal.add({ kind: 'checkpoint', step: this.#step })
    else await this.#checkpoint()
  }

  async #answerFilters(): Promise<void> {
    const wanted = this.#parts.control.takeFilterRequests()
    const { network, weights, frozenKernels } = this.#parts.prepared
    const layers = network.watchedLayers.filter(({ name }) => wanted.has(name))
    if (layers.length === 0) return
    const state = await this.#runner.state(layers.map(({ weight }) => weight).filter((name) => weights.includes(name)))
    for (const { name, weight, shape, kernels } of layers) {
      const value = state.get(weight) ?? frozenKernels.get(weight)
      if (value === undefined) continue
      this.#parts.postFilters({
        layer: name,
        step: this.#step,
        weights: packWeights({ dims: shape, data: kernels(value) }),
      })
    }
  }

  #isDeviceFailure(error: unknown): error is RuntimeError {
    return error instanceof RuntimeError && error.provider !== 'cpu' && error.provider === this.#runner.provider
  }

  /** A provider that fails at run time costs nothing: the CPU repeats the same steps from the same state. */
  async #fallBack(failure: RuntimeError): Promise<void> {
    const { journal, fallBack } = this.#parts
    const failed = this.#runner
    const { runner, device } = await fallBack(await this.#stateOrCheckpoint())
    this.#runner = runner
    this.#pace.forget()
    // A device that has failed may refuse this too, and nothing depends on it any more.
    await failed.release().catch(() => undefined)
    const step = stepOf(await runner.state([stepCounterName]))
    this.#device = { ...device, reason: `${failure.message} Training goes on on the CPU from step ${step}.` }
    journal.mention({ kind: 'device', device: this.#device, fallback: true })
    if (step === this.#step) return
    this.#step = step
    this.#checkpointStep = step
    this.#due.clear()
    // Whoever follows forgets the steps that are trained again.
    journal.mention({ kind: 'phase', phase: journal.phase ?? 'running', step })
  }

  /** The state on a failed device, or where that cannot be read any more, the last checkpoint. */
  async #stateOrCheckpoint(): Promise<ReadonlyMap<string, Tensor>> {
    try {
      return await this.#runner.state()
    } catch (error) {
      const checkpoint = await this.#parts.folder.newestCheckpoint()
      if (checkpoint === undefined) throw error
      return checkpoint.tensors
    }
  }

  async #pauseOnBlowUp(batch: StepBatch, results: StepResults, bad: number): Promise<void> {
    const { prepared, settings, control, journal } = this.#parts
    const { loss } = settings.training
    const step = this.#step + bad
    const rate = this.#learningRate
    const what = await returnToLastGood(this.#runner, batch, bad, rate, prepared, loss, step + 1)
    this.#step = step
    control.pauseOnFailure()
    const scheduled = results.learningRates[bad] as number
    const now = scheduled === Math.fround(rate) ? `${rate}` : `${rate}, of which the schedule made ${brief(scheduled)}`
    const lower = `so lower the learning rate (now ${now}) and resume`
    let advice = `training is paused with the weights of step ${step}, ${lower}.`
    // Weights whose very next loss is not finite are no way on, at whatever learning rate.
    if (!Number.isFinite(results.losses[bad])) {
      advice = (await this.#returnToCheckpoint())
        ? `training is paused with the weights of the last checkpoint before, step ${this.#step}, ${lower}.`
        : 'no learning rate mends that, so start a new run with other initial weights or another network.'
    }
    await journal.enter('paused', this.#step, `${what}; ${advice}`)
  }

  /** False where there is no checkpoint of an earlier step. */
  async #returnToCheckpoint(): Promise<boolean> {
    const { folder } = this.#parts
    const checkpoint = await folder.newestCheckpoint(this.#step)
    if (checkpoint === undefined) return false
    this.#runner.restore(checkpoint.tensors)
    this.#step = checkpoint.step
    this.#checkpointStep = checkpoint.step
    this.#due.clear()
    await folder.forgetAfter(checkpoint.step)
    this.#keptSteps = undefined
    return true
  }

  async #keepSnapshot(): Promise<void> {
    const { folder, prepared, snapshots } = this.#parts
    const weights = await this.#runner.state(prepared.weights)
    const kept = this.#step === 0 ? new Map([...weights, ...prepared.frozenKernels]) : weights
    const bytes = await folder.writeSnapshot(this.#step, kept)
    const steps = await this.#snapshotStepsWith(this.#step)
    const dropped = snapshots.spare(steps)
    for (const step of dropped) await folder.removeSnapshot(step)
    this.#due.delete('snapshot')
    const keptSteps = steps.filter((step) => !dropped.includes(step))
    this.#keptSteps = keptSteps
    this.#tell({
      kind: 'snapshot',
      step: this.#step,
      keptSteps,
      budgetBytes: snapshots.budgetBytes,
      usedBytes: keptSteps.length * bytes,
      thinned: snapshots.isThinned(this.#step),
    })
  }

  /** The kept steps, this one last: read from the folder once, and then known. */
  async #snapshotStepsWith(step: number): Promise<number[]> {
    const kept = this.#keptSteps ?? (await this.#parts.folder.snapshotSteps())
    return [...kept.filter((other) => other < step), step]
  }

  /** Nothing to do where this step has its checkpoint already. */
  async #checkpoint(): Promise<void> {
    const { folder, journal } = this.#parts
    const isNew = this.#checkpointStep !== this.#step
    if (isNew) {
      const tensors = checkpointTensors(await this.#runner.state(), this.#learningRate)
      await folder.writeCheckpoint({ step: this.#step, tensors })
    }
    this.#checkpointStep = this.#step
    this.#lastCheckpointAt = performance.now()
    this.#due.delete('checkpoint')
    if (!isNew) return
    await journal.add({ kind: 'checkpoint', step: this.#step })
    if (journal.description !== undefined) await journal.describe({ ...journal.description, step: this.#step })
  }

  async #validate(): Promise<void> {
    const measured = await this.#measure('validation')
    this.#due.delete('validation')
    if (measured !== undefined) await this.#addEvaluation('validation', measured)
  }

  /** undefined where the split is empty. */
  async #measure(split: 'validation' | 'test'): Promise<Evaluation | undefined> {
    const samples = this.#parts.prepared.dataset.splits[split]
    if (samples.count === 0) return undefined
    const state = await this.#runner.state(this.#parts.prepared.weights)
    return this.#resting(() => this.#parts.evaluator.evaluate(samples, state, nextTurn))
  }

  async #addEvaluation(split: 'validation' | 'test', measured: Evaluation): Promise<void> {
    const { prepared, journal } = this.#parts
    const epoch = Math.ceil(this.#step / prepared.stepsPerEpoch)
    await journal.add({ kind: 'evaluation', split, step: this.#step, epoch, ...measured })
  }

  /** Once for the same weights, also where saving what follows must be tried again; empty where there are no test images. */
  async #test(): Promise<{ readonly testAccuracy?: number }> {
    if (this.#tested?.step === this.#step) return this.#tested.result
    const measured = await this.#measure('test')
    const result = measured === undefined ? {} : { testAccuracy: measured.accuracy }
    this.#tested = { step: this.#step, result }
    if (measured !== undefined) await this.#addEvaluation('test', measured)
    return result
  }

  async #finish(trainingMs: number): Promise<void> {
    const { folder, prepared, journal } = this.#parts
    await this.#checkpoint()
    if (this.#keptSteps?.at(-1) !== this.#step) await this.#keepSnapshot()
    const tested = await this.#test()
    await folder.writeModel('model', prepared.network.encode(await this.#runner.state(prepared.weights)))
    if (journal.description !== undefined) await journal.describe({ ...journal.description, ...tested })
    await journal.enter(this.#step < prepared.totalSteps ? 'stopped' : 'finished', this.#step)
    await journal.add({
      kind: 'finished',
      ...tested,
      trainImagesPerSecond: trainingMs > 0 ? (1000 * this.#imagesTrained) / trainingMs : 0,
      steps: this.#step,
      device: this.#device.label,
      runFolder: folder.path,
    })
  }
}

/** Four digits, for a sentence. */
function brief(value: number): string {
  return String(Number(value.toPrecision(4)))
}

function stepOf(state: ReadonlyMap<string, Tensor>): number {
  const data = state.get(stepCounterName)?.data
  if (data instanceof BigInt64Array) return Number(data[0])
  throw new Error(`The state of a run holds its step as int64 "${stepCounterName}".`)
}
