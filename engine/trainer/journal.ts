import type { OpenedRun, RunLogEntry, RunPhase } from '../protocol/runs.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { RunLogWriter } from '../runs/run-log.ts'
import { isSaveFailure } from './save-failure.ts'

/** Says what happens in a run: to the host, to metrics.jsonl, and in run.json. */
export class Journal {
  readonly #folder: RunFolder
  readonly #log: RunLogWriter
  readonly #post: (entry: RunLogEntry) => void
  #description: OpenedRun | undefined
  #phase: RunPhase | undefined
  #step = 0
  /** Milliseconds it was trained for up to the phase it is in. */
  #elapsedBefore: number
  #runningSince: number | undefined

  private constructor(folder: RunFolder, log: RunLogWriter, post: (entry: RunLogEntry) => void, elapsedMs: number) {
    this.#folder = folder
    this.#log = log
    this.#post = post
    this.#elapsedBefore = elapsedMs
  }

  static async open(folder: RunFolder, post: (entry: RunLogEntry) => void): Promise<Journal> {
    const { elapsedMs = 0 } = (await folder.description()) ?? {}
    return new Journal(folder, await RunLogWriter.open(folder.logPath), post, elapsedMs)
  }

  get description(): OpenedRun | undefined {
    return this.#description
  }

  /** The last that was told. */
  get phase(): RunPhase | undefined {
    return this.#phase
  }

  /** The step that was told of last. */
  get step(): number {
    return this.#step
  }

  /** Throws the file system's error, after the host has been told the entry all the same. */
  async add(entry: RunLogEntry): Promise<void> {
    this.#post(entry)
    if (entry.kind === 'phase') this.#follow(entry.phase)
    if ('step' in entry) this.#step = entry.step
    await this.#log.append(entry)
  }

  /** As `add`, for what must not hold anything up: where the disk refuses it now, it is written with the next entry. */
  mention(entry: RunLogEntry): void {
    this.add(entry).catch((error: unknown) => {
      if (!isSaveFailure(error)) throw error
    })
  }

  async describe(description: OpenedRun): Promise<void> {
    this.#description = { ...description, elapsedMs: Math.round(this.#elapsedMs) }
    await this.#folder.writeDescription(this.#description)
  }

  get #elapsedMs(): number {
    const running = this.#runningSince === undefined ? 0 : performance.now() - this.#runningSince
    return this.#elapsedBefore + running
  }

  #follow(phase: RunPhase): void {
    this.#elapsedBefore = this.#elapsedMs
    this.#runningSince = phase === 'running' ? performance.now() : undefined
    this.#phase = phase
  }

  /** Records a phase in the log and in run.json. */
  async enter(phase: RunPhase, step: number, message?: string): Promise<void> {
    await this.add({ kind: 'phase', phase, step, ...(message === undefined ? {} : { message }) })
    if (this.#description !== undefined) await this.describe({ ...this.#description, phase, step })
  }

  /** Records the end of a run that failed. */
  async fail(entry: Extract<RunLogEntry, { kind: 'phase' }>): Promise<void> {
    await this.add(entry)
    if (this.#description !== undefined) await this.describe({ ...this.#description, phase: 'failed' })
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}
