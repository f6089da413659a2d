import { existsSync } from 'node:fs'
import type { OpenedRun, RunDescription, RunLogEntry, RunPhase } from '../protocol/runs.ts'
import type { LiveFilterFrame } from '../protocol/live-filters.ts'
import { titleOf } from '../protocol/data-source.ts'
import { networkName } from '../protocol/network.ts'
import type { RunSettings } from '../protocol/settings.ts'
import type { TrainerCommand, TrainerEvent } from '../protocol/trainer.ts'
import { openRunFolder } from '../runs/run-folder.ts'
import { type EngineProcess, exitReason } from './engine-process.ts'
import { Listeners } from './listeners.ts'
import type { RunLog } from './run-log.ts'

const noCheckpoint = 'It had not written a checkpoint yet: start a new run.'

const endedPhases: readonly RunPhase[] = ['finished', 'stopped', 'failed', 'interrupted']

export interface LiveRunParts {
  readonly id: string
  readonly folder: string
  readonly createdAt: string
  readonly settings: RunSettings
  readonly log: RunLog
  readonly trainer: EngineProcess
}

/** A run with its trainer process: follows what the trainer tells, and says so where the trainer dies. */
export class LiveRun {
  readonly id: string
  readonly folder: string
  readonly log: RunLog
  /** Every entry, after it has been added to the log. */
  readonly entries = new Listeners<RunLogEntry>()
  readonly frames = new Listeners<LiveFilterFrame>()
  /** Resolves when the trainer is gone and the log is whole. */
  readonly ended: Promise<void>
  readonly #parts: LiveRunParts
  #phase: RunPhase = 'preparing'
  #step = 0
  #hasWeights = false
  #prepared: OpenedRun | undefined
  #testAccuracy: number | undefined
  #closedByHost = false
  #hasExited = false

  constructor(parts: LiveRunParts) {
    this.#parts = parts
    this.id = parts.id
    this.folder = parts.folder
    this.log = parts.log
    parts.trainer.onMessage((message) => this.#receive(message as TrainerEvent))
    this.ended = new Promise((resolve) => {
      parts.trainer.onExit((code, signal) => {
        this.#finish(exitReason(code, signal))
          .catch((error: unknown) => console.error(error))
          .finally(resolve)
      })
    })
  }

  /** True when nothing more is trained, though the process may still be ending. */
  get isOver(): boolean {
    return endedPhases.includes(this.#phase)
  }

  get phase(): RunPhase {
    return this.#phase
  }

  get step(): number {
    return this.#step
  }

  /** True once the weights of some step can be looked at. */
  get hasWeights(): boolean {
    return this.#hasWeights
  }

  /** undefined while the run is being prepared. */
  get opened(): OpenedRun | undefined {
    return this.#prepared && { ...this.#prepared, ...this.#state() }
  }

  get description(): RunDescription {
    const { id, folder, createdAt, settings } = this.#parts
    const { source } = settings.data
    const known = this.#prepared
    const image = known?.image ?? settings.data.image
    return {
      id,
      folder,
      createdAt,
      architectureName: networkName(settings.network),
      dataTitle: known?.dataTitle ?? titleOf(source),
      control: settings.data.control,
      ...(image === undefined ? {} : { image }),
      training: settings.training,
      epochs: settings.training.epochs,
      stepsPerEpoch: known?.stepsPerEpoch ?? 0,
      totalSteps: known?.totalSteps ?? 0,
      ...this.#state(),
    }
  }

  start(): void {
    const { id, folder, settings } = this.#parts
    this.command({ kind: 'start', runFolder: folder, runId: id, settings })
  }

  continue(): void {
    this.#hasWeights = true
    this.command({ kind: 'continue', runFolder: this.folder, runId: this.id })
  }

  command(command: TrainerCommand): void {
    this.#parts.trainer.post(command)
  }

  /** Lets the trainer write a checkpoint, for at most `patienceMs`, then ends it. */
  async close(patienceMs: number): Promise<void> {
    this.#closedByHost = true
    if (this.#phase === 'running') await this.#checkpointed(patienceMs)
    this.#parts.trainer.kill()
    await this.ended
  }

  async #checkpointed(patienceMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    let stopListening: (() => void) | undefined
    const written = new Promise<void>((resolve) => {
      stopListening = this.entries.add((entry) => {
        // A trainer that had just written one answers nothing: ask again once it has gone on.
        if (entry.kind === 'steps') this.command({ kind: 'checkpoint' })
        else if (entry.kind === 'checkpoint') resolve()
      })
      timer = setTimeout(resolve, patienceMs)
    })
    this.command({ kind: 'checkpoint' })
    await Promise.race([written, this.ended])
    clearTimeout(timer)
    stopListening?.()
  }

  #state() {
    const testAccuracy = this.#testAccuracy
    return { phase: this.#phase, step: this.#step, ...(testAccuracy === undefined ? {} : { testAccuracy }) }
  }

  #receive(event: TrainerEvent): void {
    // What still comes now has been read from the file.
    if (this.#hasExited) return
    if (event.kind === 'filters') {
      this.frames.tell(event.frame)
      return
    }
    this.#follow(event.entry)
    this.log.append(event.entry)
    this.entries.tell(event.entry)
  }

  #follow(entry: RunLogEntry): void {
    // A run that goes on says only when it is prepared where it is.
    if ('step' in entry && this.#phase !== 'preparing') this.#step = entry.step
    if (entry.kind === 'phase') this.#phase = entry.phase
    else if (entry.kind === 'prepared') this.#prepare(entry.run)
    else if (entry.kind === 'snapshot') this.#hasWeights = true
    else if (entry.kind === 'finished') this.#testAccuracy = entry.testAccuracy
  }

  #prepare(run: OpenedRun): void {
    this.#prepared = run
    this.#step = run.step
  }

  /** The trainer is gone: unless it had said that the run is over, says that it was interrupted. */
  async #finish(reason: string): Promise<void> {
    this.#hasExited = true
    if (this.isOver) return
    const isWhole = await this.#hearWhatWasMissed()
    if (this.isOver) return
    this.#phase = 'interrupted'
    const message = `${this.#endSentence(reason)} ${await this.#checkpointSentence()}`
    const entry: RunLogEntry = { kind: 'phase', phase: 'interrupted', step: this.#step, message }
    try {
      if (isWhole) await this.log.write(entry)
      else this.log.append(entry)
    } finally {
      this.entries.tell(entry)
    }
  }

  /** A process that dies has often written more than it could still say. False where there is no log to write to. */
  async #hearWhatWasMissed(): Promise<boolean> {
    try {
      for (const entry of await this.log.reconcile()) {
        this.#follow(entry)
        this.entries.tell(entry)
      }
      return true
    } catch (error) {
      // It may have died before it made its folder; then windows have what was said, and nothing is kept.
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!isMissing) console.error(`The log of run ${this.id} cannot be completed: ${String(error)}`)
      return false
    }
  }

  #endSentence(reason: string): string {
    if (this.#closedByHost) return `Filterscope was closed at step ${this.#step}.`
    return `The training process ended unexpectedly at step ${this.#step} (${reason}).`
  }

  /** Asks the folder rather than the log: the last checkpoint may have been written just before its entry. */
  async #checkpointSentence(): Promise<string> {
    if (!existsSync(this.folder)) return noCheckpoint
    try {
      const checkpoint = await (await openRunFolder(this.folder)).newestCheckpoint()
      if (checkpoint === undefined) return noCheckpoint
      return `The last checkpoint is of step ${checkpoint.step}: continue the run to go on from there.`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
