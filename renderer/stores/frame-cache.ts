/** Keeps the frames used last, up to a number of bytes. */
export class FrameCache<Frame> {
  readonly #budgetBytes: number
  readonly #frames = new Map<string, { readonly frame: Frame; readonly bytes: number }>()
  #bytes = 0

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get byteLength(): number {
    return this.#bytes
  }

  get(key: string): Frame | undefined {
    const found = this.#frames.get(key)
    if (found === undefined) return undefined
    // A map iterates in order of insertion, so putting it in again makes it the newest.
    this.#frames.delete(key)
    this.#frames.set(key, found)
    return found.frame
  }

  has(key: string): boolean {
    return this.#frames.has(key)
  }

  /** Keeps a frame; one larger than the whole budget is not kept. */
  set(key: string, frame: Frame, bytes: number): void {
    this.#remove(key)
    if (bytes > this.#budgetBytes) return
    this.#frames.set(key, { frame, bytes })
    this.#bytes += bytes
    for (const oldest of this.#frames.keys()) {
      if (this.#bytes <= this.#budgetBytes) break
      this.#remove(oldest)
    }
  }

  clear(): void {
    this.#frames.clear()
    this.#bytes = 0
  }

  #remove(key: string): void {
    const found = this.#frames.get(key)
    if (found === undefined) return
    this.#frames.delete(key)
    this.#bytes -= found.bytes
  }
}
