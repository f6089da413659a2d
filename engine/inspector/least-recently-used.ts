/** The values used last, at most `limit` of them; `onDropped` hears of those that had to go. */
export class LeastRecentlyUsed<Key, Value> {
  readonly #limit: number
  readonly #onDropped: (value: Value) => void
  /** In order of use, the oldest first. */
  readonly #values = new Map<Key, Value>()

  constructor(limit: number, onDropped: (value: Value) => void = () => undefined) {
    this.#limit = limit
    this.#onDropped = onDropped
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key)
    if (value === undefined) return undefined
    this.#values.delete(key)
    this.#values.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    for (const [oldest, dropped] of this.#values) {
      if (this.#values.size <= this.#limit) return
      this.#values.delete(oldest)
      this.#onDropped(dropped)
    }
  }

  delete(key: Key): void {
    this.#values.delete(key)
  }
}
