import type { PictureMemory } from './picture-memory.ts'

/**
 * Decoded pictures kept while there is memory for them. What comes first stays: in the random order of an epoch a cache
 * that drops the oldest would answer no more often, and would only turn memory over.
 */
export class PictureCache<Key> {
  readonly #decode: (key: Key) => Promise<Uint8Array>
  readonly #memory: PictureMemory
  readonly #kept = new Map<Key, Uint8Array>()
  #keptBytes = 0

  constructor(decode: (key: Key) => Promise<Uint8Array>, memory: PictureMemory) {
    this.#decode = decode
    this.#memory = memory
  }

  /** The picture if it is kept. */
  peek(key: Key): Uint8Array | undefined {
    return this.#kept.get(key)
  }

  /** Lets go of everything that is kept. */
  clear(): void {
    this.#kept.clear()
    this.#memory.give(this.#keptBytes)
    this.#keptBytes = 0
  }

  /** The picture, decoded if need be; rejects with the decoder's error. */
  async get(key: Key): Promise<Uint8Array> {
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const picture = await this.#decode(key)
    if (!this.#kept.has(key) && this.#memory.take(picture.byteLength)) {
      this.#kept.set(key, picture)
      this.#keptBytes += picture.byteLength
    }
    return picture
  }
}
