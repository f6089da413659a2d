import type { ParquetFile, RowBlock } from './parquet-file.ts'

/** Encoded pictures kept, in bytes: several blocks, because training asks for pictures in any order. */
const BUDGET_BYTES = 256 * 1024 * 1024

interface KeptBlock {
  readonly values: Promise<unknown[]>
  readonly byteLength: number
}

/** The blocks of rows read last, so that pictures that lie together are read together, and never all are held. */
export class RecentBlocks {
  readonly #budgetBytes: number
  /** Longest unused first. */
  readonly #kept = new Map<RowBlock, KeptBlock>()
  #keptBytes = 0

  constructor(budgetBytes = BUDGET_BYTES) {
    this.#budgetBytes = budgetBytes
  }

  /** The values of a column in a block; rejects with DataError. */
  read(file: ParquetFile, column: string, block: RowBlock): Promise<unknown[]> {
    const known = this.#kept.get(block)
    this.#kept.delete(block)
    const kept = known ?? { values: file.read(column, block.start, block.end), byteLength: block.byteLength }
    this.#kept.set(block, kept)
    if (known === undefined) {
      this.#keptBytes += kept.byteLength
      kept.values.catch(() => this.#drop(block))
      for (const oldest of this.#kept.keys()) {
        if (this.#keptBytes <= this.#budgetBytes || oldest === block) break
        this.#drop(oldest)
      }
    }
    return kept.values
  }

  #drop(block: RowBlock): void {
    this.#keptBytes -= this.#kept.get(block)?.byteLength ?? 0
    this.#kept.delete(block)
  }
}
