import { join } from 'node:path'
import { RunLog } from './run-log.ts'

export interface FollowedLog {
  readonly log: RunLog
  /** The log is forgotten when everybody who followed it has released it. */
  readonly release: () => void
}

/** One log object for each run, shared by its trainer's supervisor and the windows that follow it. */
export class SharedRunLogs {
  readonly #entries = new Map<string, { readonly log: Promise<RunLog>; users: number }>()

  /** Throws the file system's error. */
  async follow(runId: string, runFolder: string): Promise<FollowedLog> {
    const entry = this.#entries.get(runId) ?? { log: RunLog.open(join(runFolder, 'metrics.jsonl')), users: 0 }
    this.#entries.set(runId, entry)
    entry.users++
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      entry.users--
      if (entry.users === 0) this.#entries.delete(runId)
    }
    try {
      return { log: await entry.log, release }
    } catch (error) {
      release()
      throw error
    }
  }
}
