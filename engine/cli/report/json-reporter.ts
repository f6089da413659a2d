import type { RunLogEntry } from '../../protocol/runs.ts'
import { type Reporter, RunOutcome } from './reporter.ts'

/** One JSON object a line on standard output, the summary of the finished run last. */
export class JsonReporter implements Reporter {
  readonly #outcome = new RunOutcome()

  show(entry: RunLogEntry): void {
    this.#outcome.see(entry)
    if (entry.kind !== 'finished') print(entry)
  }

  notice(sentence: string): void {
    process.stderr.write(`${sentence}\n`)
  }

  close(exitReason: string): string | undefined {
    if (this.#outcome.finished !== undefined) print(this.#outcome.finished)
    return this.#outcome.failure(exitReason)
  }
}

function print(entry: RunLogEntry): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`)
}
