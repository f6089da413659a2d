import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenedRun, RunDescription } from '../protocol/runs.ts'
import { networkName } from '../protocol/network.ts'
import type { RunSettings } from '../protocol/settings.ts'
import { makeFolder } from '../runs/make-folder.ts'
import { refusalReason } from '../runs/refusal-reason.ts'
import { listRuns, openRunFolder, type RunFolder } from '../runs/run-folder.ts'
import { heldElsewhere, trainerOf } from '../runs/run-lock.ts'
import { createRunId } from '../runs/run-id.ts'
import type { SpawnEngineProcess } from './engine-process.ts'
import { Listeners } from './listeners.ts'
import { LiveRun } from './live-run.ts'
import { RequestError } from './request-error.ts'

import { type FollowedLog, SharedRunLogs } from './shared-run-logs.ts'

/** How long a trainer may take to write a checkpoint when the host closes. */
const CHECKPOINT_PATIENCE_MS = 20_000

/** Runs whose log stays in memory after their end: one that could not begin leaves no folder to read its reason from. */
const ENDED_RUNS_KEPT = 8

/** The runs of the runs folder, and the one that is being trained. */
export class RunSupervisor {
  /** A run has begun to be trained. */
  readonly started = new Listeners<LiveRun>()
  readonly #spawn: SpawnEngineProcess
  readonly #runsFolder: () => string
  readonly #live = new Map<string, LiveRun>()
  readonly #logs = new SharedRunLogs()
  /** Oldest first. */
  readonly #ended: { readonly run: LiveRun; readonly release: () => void }[] = []
  #isStarting = false

  constructor(spawn: SpawnEngineProcess, runsFolder: () => string) {
    this.#spawn = spawn
    this.#runsFolder = runsFolder
  }

  /** The run that is being trained. */
  get active(): LiveRun | undefined {
    return [...this.#live.values()].find((run) => !run.isOver)
  }

  /** The run with its trainer, also when that is just ending. */
  live(runId: string): LiveRun | undefined {
    return this.#live.get(runId)
  }

  /** Newest first. Throws the file system's error. */
  async list(): Promise<RunDescription[]> {
    const kept = await listRuns(this.#runsFolder())
    const live = [...this.#live.values()].map((run) => run.description)
    const resting = kept.filter(({ id }) => !this.#live.has(id))
    return [...live, ...resting].sort((one, other) => other.createdAt.localeCompare(one.createdAt))
  }

  /** Throws RequestError where the run does not exist or is still being prepared. */
  async open(runId: string): Promise<OpenedRun> {
    const live = this.live(runId)
    if (live?.opened) return live.opened
    if (live) throw new RequestError('conflict', `Run ${runId} is still being prepared; open it when that is done.`)
    const kept = await (await this.folder(runId)).description()
    if (kept === undefined) {
      throw new RequestError('notFound', `Run ${runId} ended before it was prepared, so there is nothing to look at.`)
    }
    const isOver = kept.phase === 'finished' || kept.phase === 'stopped' || kept.phase === 'failed'
    return isOver ? kept : { ...kept, phase: 'interrupted' }
  }

  /** Throws RequestError where there is no run of that name in the runs folder. */
  async folder(runId: string): Promise<RunFolder> {
    return openRunFolder(await this.pathOf(runId))
  }

  /** Starts a run in a new folder. Throws RequestError 'conflict' while another one is being trained. */
  async start(settings: RunSettings): Promise<LiveRun> {
    return this.#begin(async () => {
      const runsFolder = this.#runsFolder()
      await makeFolder(runsFolder).catch((error: NodeJS.ErrnoException) => {
        const sentence = `The folder for runs, ${runsFolder}, cannot be made: ${refusalReason(error)}; choose another one in the Runs workspace.`
        throw new RequestError('badInput', sentence, { cause: error })
      })
      const now = new Date()
      const id = createRunId(networkName(settings.network), now)
      const run = await this.#train(id, join(runsFolder, id), now.toISOString(), settings)
      run.start()
      return run
    })
  }

  /** Goes on from a run's last checkpoint. Throws RequestError. */
  async continue(runId: string): Promise<LiveRun> {
    return this.#begin(async () => {
      await this.live(runId)?.ended
      const folder = await this.folder(runId)
      if ((await folder.description())?.phase === 'finished') {
        throw new RequestError('conflict', `Run ${runId} is finished; there is nothing left to go on with.`)
      }
      const trainer = await trainerOf(folder.path)
      if (trainer !== undefined) throw new RequestError('conflict', heldElsewhere(folder.path, trainer))
      const run = await this.#train(runId, folder.path, folder.createdAt, folder.settings)
      run.continue()
      return run
    })
  }

  /** The run being trained under that name. Throws RequestError where it is not being trained. */
  inTraining(runId: string): LiveRun {
    const run = this.live(runId)
    if (run === undefined || run.isOver) {
      throw new RequestError('conflict', `Run ${runId} is not being trained; continue it first.`)
    }
    return run
  }

  /** A run's log. Throws RequestError where there is no such run. */
  async followLog(runId: string): Promise<FollowedLog> {
    const ended = this.#ended.find(({ run }) => run.id === runId)
    return this.#logs.follow(runId, ended?.run.folder ?? (await this.pathOf(runId)))
  }

  /** Lets the run being trained write a checkpoint, and ends every trainer. */
  async close(): Promise<void> {
    await Promise.all([...this.#live.values()].map((run) => run.close(CHECKPOINT_PATIENCE_MS)))
  }

  async #begin(start: () => Promise<LiveRun>): Promise<LiveRun> {
    const { active } = this
    if (active !== undefined) {
      throw new RequestError('conflict', `Run ${active.id} is being trained; stop it before another one is started.`)
    }
    if (this.#isStarting) throw new RequestError('conflict', 'Another run is just being started; wait for it.')
    this.#isStarting = true
    try {
      return await start()
    } finally {
      this.#isStarting = false
    }
  }

  async #train(id: string, folder: string, createdAt: string, settings: RunSettings): Promise<LiveRun> {
    const { log, release } = await this.#logs.follow(id, folder)
    const run = new LiveRun({ id, folder, createdAt, settings, log, trainer: this.#spawn('trainer') })
    this.#live.set(id, run)
    void run.ended.then(() => {
      this.#live.delete(id)
      this.#ended.push({ run, release })
      if (this.#ended.length > ENDED_RUNS_KEPT) this.#ended.shift()?.release()
    })
    this.started.tell(run)
    return run
  }

  /** The folder of a run. Throws RequestError where there is none of that name. */
  async pathOf(runId: string): Promise<string> {
    const live = this.live(runId)
    if (live) return live.folder
    if (/^[\w.-]+$/.test(runId) && !/^\.+$/.test(runId)) {
      const path = join(this.#runsFolder(), runId)
      if (await isFolder(path)) return path
    }
    // A folder that was renamed still holds the run of that name.
    const kept = (await listRuns(this.#runsFolder())).find(({ id }) => id === runId)
    if (kept === undefined) throw new RequestError('notFound', `There is no run ${runId} in ${this.#runsFolder()}.`)
    return kept.folder
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
