/** Decoded pictures a data set may keep, in bytes; those that do not fit are read or decoded again each time. */
export const PICTURE_MEMORY_BYTES = 512 * 1024 * 1024

/** How much of a budget of bytes is taken, by all that keep pictures of one data set. */
export class PictureMemory {
  #left: number

  constructor(budgetBytes = PICTURE_MEMORY_BYTES) {
    this.#left = budgetBytes
  }

  /** False, and nothing is taken, where not so much is left. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}
