import type { RunLogEntry } from '../../protocol/runs.ts'

/** Tells a run on the terminal. */
export interface Reporter {
  show(entry: RunLogEntry): void
  /** A sentence for the person, beside what is told of the run. */
  notice(sentence: string): void
  /** After the trainer's end; returns the sentence for standard error where the run did not finish. */
  close(exitReason: string): string | undefined
}

/** Remembers how a run ended, for the last line and the exit code. */
export class RunOutcome {
  finished: Extract<RunLogEntry, { kind: 'finished' }> | undefined
  #trouble: string | undefined

  see(entry: RunLogEntry): void {
    if (entry.kind === 'finished') this.finished = entry
    if (entry.kind !== 'phase' || entry.message === undefined) return
    if (entry.phase === 'failed' || entry.phase === 'paused' || entry.phase === 'stopped') this.#trouble = entry.message
  }

  failure(exitReason: string): string | undefined {
    if (this.finished !== undefined) return undefined
    const crash = `The training process ended before the run did (${exitReason}); the run folder keeps its last checkpoint.`
    return this.#trouble ?? crash
  }
}
