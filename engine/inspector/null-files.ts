import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { NullStore } from '../filters/nulls/null-library.ts'
import { makeFolder } from '../runs/make-folder.ts'
import { writeWholeNow } from '../runs/write-whole.ts'

/** Where drawn null distributions stay from one start to the next: the user's cache folder as each system has it. */
export function defaultNullFolder(): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env
  const system = {
    win32: LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
    darwin: join(homedir(), 'Library', 'Caches'),
  } as Partial<Record<NodeJS.Platform, string>>
  return join(system[process.platform] ?? XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'filterscope', 'nulls')
}

const DIGEST_BYTES = 32

/**
 * Null distributions as files, each behind the SHA-256 of its bytes: a file that is missing or damaged is drawn again, and
 * one that cannot be written costs time at the next start, nothing else.
 */
export class NullFiles implements NullStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
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
    } catch {
      // A cache on a full or read-only disk.
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.bin`)
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
