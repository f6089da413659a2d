import type { NullTable } from './null-table.ts'

/** A drawn distribution whose distances from `centre` are `factor` times as large. */
export class StretchedTable {
  readonly #table: NullTable
  readonly #centre: number
  readonly #factor: number

  constructor(table: NullTable, centre: number, factor: number) {
    this.#table = table
    this.#centre = centre
    this.#factor = factor
  }

  /** P[draw ≥ value], never 0. */
  upperTail(value: number): number {
    return this.#table.upperTail(this.#drawn(value))
  }

  /** P[draw ≤ value], never 0. */
  lowerTail(value: number): number {
    return this.#table.lowerTail(this.#drawn(value))
  }

  /** The value below which `probability` of the draws lie. */
  quantile(probability: number): number {
    return this.#centre + this.#factor * (this.#table.quantile(probability) - this.#centre)
  }

  #drawn(value: number): number {
    return this.#centre + (value - this.#centre) / this.#factor
  }
}
