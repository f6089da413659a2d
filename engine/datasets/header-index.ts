import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { type PictureHeader, readPictureHeader } from './picture-file.ts'

/** Bytes by key that may be gone at any time. */
export interface HeaderStore {
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, bytes: Uint8Array): Promise<void>
}

export interface IdentifiedHeader extends PictureHeader {
  /** Changes whenever the file does. */
  readonly identity: string
}

/** Path, bytes of the file, when it was changed (ms), width, height, grey. */
const entrySchema = z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.boolean()])
type Entry = Readonly<z.infer<typeof entrySchema>>

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
    return new HeaderIndex(store, key, parseEntries(await store?.get(key)))
  }

  /** Throws DataError where the file is no picture. */
  async header(path: string): Promise<IdentifiedHeader> {
    const found = await stat(path).catch(() => undefined)
    // One that is not there is told by whoever reads it, and nothing of it is kept.
    if (found === undefined) return { ...(await readPictureHeader(path)), identity: path }
    const { size, mtimeMs } = found
    const identity = `${path}\n${size}\n${mtimeMs}`
    const known = this.#known.get(path)
    if (known !== undefined && known[1] === size && known[2] === mtimeMs) {
      this.#seen.push(known)
      return { width: known[3], height: known[4], isGrey: known[5], identity }
    }
    const header = await readPictureHeader(path)
    this.#isNew = true
    this.#seen.push([path, size, mtimeMs, header.width, header.height, header.isGrey])
    return { ...header, identity }
  }

  /** Keeps what was asked for since; files that are gone are forgotten. */
  async save(): Promise<void> {
    if (this.#store === undefined || (!this.#isNew && this.#seen.length === this.#known.size)) return
    await this.#store.put(this.#key, new TextEncoder().encode(JSON.stringify(this.#seen)))
  }
}

/** What another program or a disk put there is as good as nothing: every header is read again. */
function parseEntries(bytes: Uint8Array | undefined): readonly Entry[] {
  if (bytes === undefined) return []
  try {
    return z.array(entrySchema).parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return []
  }
}
