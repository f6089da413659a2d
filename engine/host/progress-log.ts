import type { DataProgress } from '../protocol/messages.ts'
import { Listeners } from './listeners.ts'
import type { LogSource } from './log-source.ts'

const ENTRIES_KEPT = 1024

/** Progress of opening data: only the present opening can be replayed, and of that the newest entries. */
export class ProgressLog implements LogSource {
  readonly #appended = new Listeners<void>()
  #entries: DataProgress[] = []
  #first = 0

  get first(): number {
    return this.#first
  }

  get length(): number {
    return this.#first + this.#entries.length
  }

  /** Forgets the opening before. */
  begin(): void {
    this.#first = this.length
    this.#entries = []
  }

  append(progress: DataProgress): void {
    this.#entries.push(progress)
    if (this.#entries.length > ENTRIES_KEPT) {
      const dropped = this.#entries.splice(0, ENTRIES_KEPT / 2).length
      this.#first += dropped
    }
    this.#appended.tell()
  }

  read(from: number, limit: number): Promise<readonly DataProgress[]> {
    return Promise.resolve(this.#entries.slice(from - this.#first, from - this.#first + limit))
  }

  onAppend(listener: () => void): () => void {
    return this.#appended.add(listener)
  }
}
