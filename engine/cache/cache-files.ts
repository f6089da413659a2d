import { createHash } from 'node:crypto'
import { readFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../runs/make-folder.ts'
import { isPart, writeWholeNow } from '../runs/write-whole.ts'

const DIGEST_BYTES = 32

/** One that is younger may still be being written by another process. */
const PART_LIFETIME_MS = 24 * 3600 * 1000

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
    const names = await readdir(this.#folder)
    const found = await Promise.all(names.map((name) => fileAt(join(this.#folder, name))))
    const files = found.flatMap((file) => file ?? [])
    let kept = 0
    for (const { path, size, changedMs } of files.toSorted((one, other) => other.changedMs - one.changedMs)) {
      if (isPart(path)) {
        if (Date.now() - changedMs > PART_LIFETIME_MS) await rm(path, { force: true })
        continue
      }
      kept += size
      if (kept > this.#mostBytes) await rm(path, { force: true })
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.bin`)
  }
}

/** undefined where it is gone: another process makes room at the same time. */
async function fileAt(path: string): Promise<{ path: string; size: number; changedMs: number } | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found && { path, size: found.size, changedMs: found.mtimeMs }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
