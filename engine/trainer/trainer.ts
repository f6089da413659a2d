import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BatchSource } from '../datasets/batches.ts'
import { type Tensor, float32Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { DeviceChoice, FilterFrame } from '../protocol/runs.ts'
import type { RunSettings } from '../protocol/settings.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import { stepCounterName } from '../training/training-step.ts'
import { findBlownUpLayer } from './blow-up.ts'
import type { Evaluator } from './evaluator.ts'
import type { Journal } from './journal.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { RunControl } from './run-control.ts'
import { isSaveFailure } from './save-failure.ts'
import type { SnapshotSchedule } from './snapshot-schedule.ts'
import type { StepBatch, StepResults, StepRunner } from './step-runner.ts'

/** A fused run should take about this long, so that the process answers often and loses little time between runs. */
const targetRunMs = 50
const maximumFusedSteps = 256
/** Besides one checkpoint an epoch: at most this much work is lost. */
const checkpointEveryMs = 60_000

export const learningRateName = 'control/learning-rate'

export interface TrainerParts {
  readonly settings: RunSettings
  readonly folder: RunFolder
  readonly prepared: PreparedRun
  readonly batches: BatchSource
  readonly evaluator: Evaluator
  readonly snapshots: SnapshotSchedule
  readonly journal: Journal
  readonly control: RunControl
  readonly postFilters: (frame: FilterFrame) => void
  /** Loads the step again on the CPU after a provider failed. */
  readonly fallBack: (state: ReadonlyMap<string, Tensor>) => Promise<{ runner: StepRunner; device: DeviceChoice }>
}

/** The training loop of one run: fused steps, and what falls due between them. */
export class Trainer {
  readonly #parts: TrainerParts
  #runner: StepRunner
  #device: DeviceChoice
  #step: number
  #learningRate: number
  #stepMs: number | undefined
  #trainingMs = 0
  #imagesTrained = 0
  #checkpointStep = -1
  #lastCheckpointAt = performance.now()

  constructor(parts: TrainerParts, runner: StepRunner, device: DeviceChoice, step: number, learningRate: number) {
    this.#parts = parts
    this.#runner = runner
    this.#device = device
    this.#step = step
    this.#learningRate = learningRate
  }

  /** Trains to the end, or until stopped; then tests and writes the model. */
  async run(): Promise<void> {
    const { control, journal, prepared } = this.#parts
    if (this.#step === 0) {
      await this.#keepSnapshot()
      await this.#checkpoint()
    }
    await journal.enter('running', this.#step)
    for (;;) {
      try {
        await this.#answer()
        if (this.#step >= prepared.totalSteps || control.stopRequested) return await this.#finish()
        if (control.isWaiting) await this.#waitWhilePaused()
        else await this.#takeSteps()
      } catch (error) {
        if (!isSaveFailure(error)) throw error
        await this.#pauseOnSaveFailure(error)
      }
    }
  }

  /** A full disk loses nothing: the state stays in memory, log entries wait, and what failed is tried again. */
  async #pauseOnSaveFailure(failure: NodeJS.ErrnoException): Promise<void> {
    const { control, journal, folder } = this.#parts
    control.pauseOnFailure()
    const reason = failure.code === 'ENOSPC' ? 'the disk is full' : failure.message
    const message = `The run could not be saved to ${folder.path} at step ${this.#step}: ${reason}; training is paused and nothing is lost, so make room there and resume.`
    await journal.enter('paused', this.#step, message).catch((error: unknown) => {
      // The host has been told; writing it down fails for the very reason that it tells.
      if (!isSaveFailure(error)) throw error
    })
    while (control.isWaiting) {
      await control.nextCommand()
      await this.#answerFilters()
    }
    if (!control.isPaused) await journal.enter('running', this.#step)
  }

  async #takeSteps(): Promise<void> {
    const { control, batches } = this.#parts
    const startedAt = performance.now()
    // Asked once: a step that is allowed while this run is under way is still to be taken.
    const isSingle = control.isStepping
    const count = isSingle ? 1 : this.#stepsUntilBoundary()
    const batch = await batches.take(this.#step, count)
    const results = await this.#runOrFallBack(batch)
    if (isSingle) control.stepTaken()
    const bad = results.losses.findIndex((loss) => !Number.isFinite(loss))
    if (bad >= 0) return this.#pauseOnBlowUp(batch, bad, results.losses[bad] as number)
    const elapsedMs = performance.now() - startedAt
    this.#measure(elapsedMs, count)
    this.#step += count
    await this.#report(results, elapsedMs)
    await this.#doWhatIsDue()
  }

  /** How many steps to fuse: about targetRunMs of work, never past a step at which something is due. */
  #stepsUntilBoundary(): number {
    const { prepared, snapshots } = this.#parts
    const wanted = this.#stepMs === undefined ? 1 : Math.round(targetRunMs / this.#stepMs)
    const epochEnd = (Math.floor(this.#step / prepared.stepsPerEpoch) + 1) * prepared.stepsPerEpoch
    const boundary = Math.min(epochEnd, snapshots.nextAfter(this.#step), prepared.totalSteps)
    return Math.min(Math.max(1, wanted), maximumFusedSteps, boundary - this.#step)
  }

  /** A provider that fails at run time costs nothing: the CPU repeats the same steps from the same state. */
  async #runOrFallBack(batch: StepBatch): Promise<StepResults> {
    try {
      return await this.#runner.run(batch, this.#learningRate)
    } catch (error) {
      if (!(error instanceof RuntimeError) || this.#runner.provider === 'cpu') throw error
      const { journal, fallBack } = this.#parts
      const failed = this.#runner
      const { runner, device } = await fallBack(await this.#stateOrCheckpoint())
      this.#runner = runner
      this.#device = { ...device, reason: `${error.message} Training goes on on the CPU from step ${this.#step}.` }
      this.#stepMs = undefined
      await journal.add({ kind: 'device', device: this.#device, fallback: true })
      await failed.release().catch(() => undefined)
      if (this.#stepOfState(await runner.state()) !== this.#step) {
        this.#step = this.#stepOfState(await runner.state())
        batch = await this.#parts.batches.take(this.#step, batch.count)
      }
      return runner.run(batch, this.#learningRate)
    }
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

  #stepOfState(state: ReadonlyMap<string, Tensor>): number {
    const data = state.get(stepCounterName)?.data
    return data instanceof BigInt64Array ? Number(data[0]) : this.#step
  }

  #measure(elapsedMs: number, count: number): void {
    this.#trainingMs += elapsedMs
    this.#imagesTrained += count * this.#parts.prepared.batchSize
    const perStep = elapsedMs / count
    this.#stepMs = this.#stepMs === undefined ? perStep : 0.7 * this.#stepMs + 0.3 * perStep
  }

  async #report(results: StepResults, elapsedMs: number): Promise<void> {
    const { batchSize, stepsPerEpoch } = this.#parts.prepared
    const count = results.losses.length
    const correct = results.corrects.reduce((total, value) => total + value, 0)
    await this.#parts.journal.add({
      kind: 'steps',
      step: this.#step,
      epoch: Math.ceil(this.#step / stepsPerEpoch),
      losses: [...results.losses],
      trainAccuracy: correct / (count * batchSize),
      learningRate: results.learningRates.at(-1) ?? this.#learningRate,
      imagesPerSecond: (1000 * count * batchSize) / elapsedMs,
    })
  }

  async #doWhatIsDue(): Promise<void> {
    const { snapshots, prepared } = this.#parts
    const startedAt = performance.now()
    if (snapshots.isDue(this.#step) || this.#step === prepared.totalSteps) await this.#keepSnapshot()
    this.#trainingMs += performance.now() - startedAt
    const isEpochEnd = this.#step % prepared.stepsPerEpoch === 0
    if (isEpochEnd) await this.#evaluate('validation')
    if (isEpochEnd || performance.now() - this.#lastCheckpointAt > checkpointEveryMs) await this.#checkpoint()
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
    if (wanted.size === 0) return
    const state = await this.#runner.state()
    for (const { name, weight, shape } of this.#parts.prepared.filterLayers) {
      const data = state.get(weight)?.data
      if (!wanted.has(name) || !(data instanceof Float32Array)) continue
      this.#parts.postFilters({ layer: name, step: this.#step, weights: { dims: shape, data: data.slice() } })
    }
  }

  async #waitWhilePaused(): Promise<void> {
    const { control, journal } = this.#parts
    await this.#checkpoint()
    if (journal.description?.phase !== 'paused') await journal.enter('paused', this.#step)
    while (control.isWaiting) {
      await control.nextCommand()
      await this.#answer()
    }
    if (!control.isPaused && !control.stopRequested) await journal.enter('running', this.#step)
  }

  async #pauseOnBlowUp(batch: StepBatch, bad: number, loss: number): Promise<void> {
    const { prepared, settings, control, journal } = this.#parts
    this.#runner.undo()
    if (bad > 0) {
      await this.#runner.run(slice(batch, 0, bad, prepared.batchSize), this.#learningRate)
      this.#step += bad
    }
    const one = slice(batch, bad, bad + 1, prepared.batchSize)
    const before = copyOf(await this.#runner.state())
    await this.#runner.run(one, this.#learningRate)
    const layer = await findBlownUpLayer({
      network: prepared.network,
      trainable: prepared.trainable,
      layers: prepared.description.activationLayers.map(({ name }) => name),
      imageDims: prepared.imageDims,
      classes: prepared.classes,
      loss: settings.training.loss,
      before,
      after: await this.#runner.state(),
      pixels: one.pixels,
      labels: one.labels,
    })
    this.#runner.undo()
    control.pause()
    const where = layer === undefined ? 'the loss itself' : `"${layer}"`
    await journal.enter(
      'paused',
      this.#step,
      `The loss of step ${this.#step + 1} is ${loss}, and ${where} was the first to leave the finite numbers; training is paused with the weights of step ${this.#step}, so lower the learning rate (now ${this.#learningRate}) and resume.`,
    )
  }

  async #keepSnapshot(): Promise<void> {
    const { folder, prepared, snapshots, journal } = this.#parts
    const state = await this.#runner.state()
    const weights = new Map(prepared.trainable.map((name) => [name, state.get(name) as Tensor]))
    const bytes = await folder.writeSnapshot(this.#step, weights)
    const steps = await folder.snapshotSteps()
    const dropped = snapshots.thin(steps, bytes)
    for (const step of dropped) await folder.removeSnapshot(step)
    const keptSteps = steps.filter((step) => !dropped.includes(step))
    await journal.add({
      kind: 'snapshot',
      step: this.#step,
      keptSteps,
      budgetBytes: snapshots.budgetBytes,
      usedBytes: keptSteps.length * bytes,
      thinned: dropped.length > 0,
    })
  }

  async #checkpoint(): Promise<void> {
    const { folder, journal } = this.#parts
    this.#lastCheckpointAt = performance.now()
    if (this.#checkpointStep === this.#step) return
    const tensors = new Map(await this.#runner.state())
    tensors.set(learningRateName, float32Tensor([], Float32Array.of(this.#learningRate)))
    await folder.writeCheckpoint({ step: this.#step, tensors })
    this.#checkpointStep = this.#step
    await journal.add({ kind: 'checkpoint', step: this.#step })
    if (journal.description !== undefined) await journal.describe({ ...journal.description, step: this.#step })
  }

  async #evaluate(split: 'validation' | 'test'): Promise<number> {
    const { evaluator, prepared, journal } = this.#parts
    const samples = prepared.dataset.splits[split]
    if (samples.count === 0) return Number.NaN
    const measured = await evaluator.evaluate(samples, await this.#runner.state(), nextTurn)
    const epoch = Math.ceil(this.#step / prepared.stepsPerEpoch)
    await journal.add({ kind: 'evaluation', split, step: this.#step, epoch, ...measured })
    return measured.accuracy
  }

  async #finish(): Promise<void> {
    const { folder, prepared, journal, control } = this.#parts
    await this.#checkpoint()
    if (!(await folder.snapshotSteps()).includes(this.#step)) await this.#keepSnapshot()
    const testAccuracy = await this.#evaluate('test')
    const state = await this.#runner.state()
    const initializers = new Map(
      [...prepared.network.initializers].map(([name, tensor]) => [name, state.get(name) ?? tensor]),
    )
    await folder.writeModel(
      'model',
      writeModel({ graph: { ...prepared.network, initializers }, metadata: modelMetadata(prepared) }),
    )
    if (journal.description !== undefined) await journal.describe({ ...journal.description, testAccuracy })
    await journal.enter(control.stopRequested && this.#step < prepared.totalSteps ? 'stopped' : 'finished', this.#step)
    await journal.add({
      kind: 'finished',
      testAccuracy,
      trainImagesPerSecond: this.#trainingMs > 0 ? (1000 * this.#imagesTrained) / this.#trainingMs : 0,
      steps: this.#step,
      device: this.#device.label,
      runFolder: folder.path,
    })
  }
}

/** What somebody who opens the file elsewhere needs to know. */
export function modelMetadata(prepared: PreparedRun): Record<string, string> {
  return {
    classes: JSON.stringify(prepared.description.classes),
    preprocessing: `Feed pixels as they are, 0 to 255, as float32 [batch, channels, height, width]; resize by ${prepared.description.data.image.fit}. Normalisation is part of the graph.`,
  }
}

function slice(batch: StepBatch, from: number, to: number, batchSize: number): StepBatch {
  const bytes = batch.pixels.length / batch.count
  return {
    pixels: batch.pixels.slice(from * bytes, to * bytes),
    labels: batch.labels.slice(from * batchSize, to * batchSize),
    count: to - from,
  }
}

function copyOf(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...state].map(([name, { data, ...rest }]) => [
      name,
      { ...rest, data: ArrayBuffer.isView(data) ? data.slice() : data },
    ]),
  )
}
