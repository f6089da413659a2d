import type { ParquetFile, RowBlock } from './parquet-file.ts'

/** Encoded pictures kept, in bytes: several blocks, because training asks for pictures in any order. */
const BUDGET_BYTES = 256 * 1024 * 1024

interface KeptBlock {
  readonly values: Promise<unknown[]>
  readonly byteLength: number
  /** Before that it takes no memory. */
  isRead: boolean
}

/**
 * The blocks of rows read last, so that pictures that lie together are read together, and never all are held: one block
 * at a time is read, however many are asked for.
 */
export class RecentBlocks {
  readonly #budgetBytes: number
  /** Longest unused first. */
  readonly #kept = new Map<RowBlock, KeptBlock>()
  #keptBytes = 0
  #lastRead: Promise<unknown> = Promise.resolve()

  constructor(budgetBytes = BUDGET_BYTES) {
    this.#budgetBytes = budgetBytes
  }

  /** The values of a column in a block; rejects with DataError. */
  read(file: ParquetFile, column: string, block: RowBlock): Promise<unknown[]> {
    const known = this.#kept.get(block)
    this.#kept.delete(block)
    const kept = known ?? this.#begin(file, column, block)
    this.#kept.set(block, kept)
    return kept.values
  }

  #begin(file: ParquetFile, column: string, block: RowBlock): KeptBlock {
    const values = this.#lastRead.then(() => file.read(column, block.start, block.end))
    this.#lastRead = values.catch(() => undefined)
    const begun: KeptBlock = { values, byteLength: block.byteLength, isRead: false }
    values.then(
      () => this.#keep(block, begun),
      () => this.#kept.delete(block),
    )
    return begun
  }

  #keep(block: RowBlock, read: KeptBlock): void {
    read.isRead = true
    this.#keptBytes += read.byteLength
    for (const [oldest, { isRead, byteLength }] of this.#kept) {
      if (this.#keptBytes <= this.#budgetBytes) return
      if (!isRead || oldest === block) continue
      this.#kept.delete(oldest)
      this.#keptBytes -= byteLength
    }
  }
}
