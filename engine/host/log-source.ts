/** Numbered entries that a log subscription reads from. */
export interface LogSource {
  /** The sequence number the next entry will have. */
  readonly length: number
  /** The first sequence number that can still be read. */
  readonly first: number
  /** At most `limit` entries from sequence number `from` on; `from` ≥ `first`. */
  read(from: number, limit: number): Promise<readonly unknown[]>
  /** Hears of every new entry; returns how to stop. */
  onAppend(listener: () => void): () => void
}
