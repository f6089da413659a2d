import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { type PictureHeader, readPictureHeader } from './picture-file.ts'

/** Bytes by key that may be gone at any time. */
export interface HeaderStore {
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, bytes: Uint8Array): Promise<void>
}

/** Path, bytes of the file, when it was changed (ms), width, height, grey. */
type Entry = readonly [string, number, number, number, number, boolean]

/**
 * The headers of picture files as they were read before: 100,000 files are many minutes of opening and seeking on a disk,
 * but one stat each tells which have changed since. `store` undefined reads every header.
 */
export class HeaderIndex {
  readonly #store: HeaderStore | undefined
  readonly #key: string
  readonly #known: ReadonlyMap<string, Entry>
  readonly #seen: Entry[] = []
  #isNew = false

  private constructor(store: HeaderStore | undefined, key: string, known: readonly Entry[]) {
    this.#store = store
    this.#key = key
    this.#known = new Map(known.map((entry) => [entry[0], entry]))
  }

  /** Of the pictures that were opened as `place`. */
  static async open(store: HeaderStore | undefined, place: string): Promise<HeaderIndex> {
    const key = `headers-1-${createHash('sha256').update(place).digest('hex').slice(0, 32)}`
    const bytes = await store?.get(key)
    const known = bytes === undefined ? [] : (JSON.parse(new TextDecoder().decode(bytes)) as Entry[])
    return new HeaderIndex(store, key, known)
  }

  /** Throws DataError where the file is no picture. */
  async header(path: string): Promise<PictureHeader> {
    if (this.#store === undefined) return readPictureHeader(path)
    // One that is not there is told by whoever reads it.
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: -1, mtimeMs: -1 }))
    const known = this.#known.get(path)
    if (known !== undefined && known[1] === size && known[2] === mtimeMs) {
      this.#seen.push(known)
      return { width: known[3], height: known[4], isGrey: known[5] }
    }
    const header = await readPictureHeader(path)
    this.#isNew = true
    this.#seen.push([path, size, mtimeMs, header.width, header.height, header.isGrey])
    return header
  }

  /** Keeps what was asked for since; files that are gone are forgotten. */
  async save(): Promise<void> {
    if (this.#store === undefined || (!this.#isNew && this.#seen.length === this.#known.size)) return
    await this.#store.put(this.#key, new TextEncoder().encode(JSON.stringify(this.#seen)))
  }
}
