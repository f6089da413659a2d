import { createHash } from 'node:crypto'
import { readFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../runs/make-folder.ts'
import { writeWholeNow } from '../runs/write-whole.ts'

const DIGEST_BYTES = 32

/**
 * What was made once and is slow to make, as files by key, each behind the SHA-256 of its bytes. A file that is missing or
 * damaged is made again, and one that cannot be written costs time at the next start, nothing else.
 */
export class CacheFiles {
  readonly #folder: string
  readonly #mostBytes: number

  /** Of more than `mostBytes` in all, the files written longest ago are removed. */
  constructor(folder: string, mostBytes: number) {
    this.#folder = folder
    this.#mostBytes = mostBytes
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const file = await readFile(this.#path(key)).catch(() => undefined)
    if (file === undefined || file.byteLength < DIGEST_BYTES) return undefined
    const bytes = file.subarray(DIGEST_BYTES)
    return digestOf(bytes).equals(file.subarray(0, DIGEST_BYTES)) ? bytes : undefined
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      await makeFolder(this.#folder)
      writeWholeNow(this.#path(key), Buffer.concat([digestOf(bytes), bytes]))
      await this.#removeOldest()
    } catch {
      // A cache on a full or read-only disk.
    }
  }

  async #removeOldest(): Promise<void> {
    const paths = (await readdir(this.#folder)).map((name) => join(this.#folder, name))
    const files = await Promise.all(paths.map(async (path) => ({ path, ...pickTimes(await stat(path)) })))
    let kept = 0
    for (const { path, size } of files.toSorted((one, other) => other.changedMs - one.changedMs)) {
      kept += size
      if (kept > this.#mostBytes) await rm(path, { force: true })
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.bin`)
  }
}

function pickTimes({ size, mtimeMs }: { size: number; mtimeMs: number }) {
  return { size, changedMs: mtimeMs }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
