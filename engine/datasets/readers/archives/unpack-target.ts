import { type FileHandle, mkdir, open, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DataError } from '../../dataset.ts'

/** What unpacking may take; smaller in tests. */
export interface UnpackLimits {
  /** All files of one archive together. */
  readonly bytes: number
  readonly files: number
  /** Beyond `looseBytes`, no archive of pictures unpacks to so many times its own size. */
  readonly ratio: number
  readonly looseBytes: number
}

export const usualLimits: UnpackLimits = { bytes: 64 * 2 ** 30, files: 5_000_000, ratio: 100, looseBytes: 2 ** 30 }

/** The disk is never filled to the brim. */
const SPACE_LEFT_FREE = 2 ** 30
const CHECK_EVERY_BYTES = 64 * 2 ** 20

const IS_BOTH = 'of which a part is the name of another file as well as of a folder'

/** What the file system says of names that an archive can hold and a folder cannot. */
const NAME_FAULTS: Readonly<Record<string, string>> = {
  EEXIST: IS_BOTH,
  ENOTDIR: IS_BOTH,
  EISDIR: IS_BOTH,
  ENAMETOOLONG: 'which is too long for a name here',
}

/** The folder an archive is unpacked to: takes nothing that would lead out of it, and no more than the limits. */
export class UnpackTarget {
  readonly #archive: string
  readonly #archiveBytes: number
  readonly #folder: string
  readonly #limits: UnpackLimits
  readonly #made = new Set<string>()
  #files = 0
  #bytes = 0
  #checkedAt = 0

  constructor(archive: string, archiveBytes: number, folder: string, limits: UnpackLimits) {
    this.#archive = archive
    this.#archiveBytes = archiveBytes
    this.#folder = folder
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Throws DataError where so many bytes to come are too many, for the limits or for the disk. */
  async announce(bytes: number): Promise<void> {
    this.#requireWithin(this.#bytes + bytes)
    const { bavail, bsize } = await statfs(this.#folder)
    if (bytes <= bavail * bsize - SPACE_LEFT_FREE) return
    throw new DataError(
      `${this.#archive} unpacks to ${megabytes(this.#bytes + bytes)}, for which ${this.#folder} has no room; free some, or unpack it elsewhere and choose the folder.`,
    )
  }

  /** Writes one file. Throws DataError where its name leads elsewhere, or what comes is too much. */
  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (++this.#files > this.#limits.files) {
      throw new DataError(
        `${this.#archive} holds more than ${this.#limits.files} files; unpack it and choose the folder.`,
      )
    }
    const file = await this.#create(name, join(this.#folder, ...this.#partsOf(name)))
    try {
      for await (const chunk of content) {
        this.#bytes += chunk.length
        this.#requireWithin(this.#bytes)
        if (this.#bytes - this.#checkedAt >= CHECK_EVERY_BYTES) {
          this.#checkedAt = this.#bytes
          await this.announce(0)
        }
        for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
      }
    } finally {
      await file.close()
    }
  }

  async #create(name: string, path: string): Promise<FileHandle> {
    try {
      const parent = dirname(path)
      if (!this.#made.has(parent)) await mkdir(parent, { recursive: true })
      this.#made.add(parent)
      return await open(path, 'w')
    } catch (error) {
      const reason = NAME_FAULTS[(error as NodeJS.ErrnoException).code ?? '']
      if (reason === undefined) throw error
      throw new DataError(
        `${this.#archive} holds a file called “${name.slice(0, 200)}”, ${reason}; unpack it by hand and choose the folder.`,
        { cause: error },
      )
    }
  }

  #requireWithin(bytes: number): void {
    const { ratio, looseBytes } = this.#limits
    if (bytes <= this.#limits.bytes && (bytes <= looseBytes || bytes <= ratio * this.#archiveBytes)) return
    throw new DataError(
      `${this.#archive} (${megabytes(this.#archiveBytes)}) unpacks to more than ${megabytes(Math.min(bytes, this.#limits.bytes))}, which no archive of pictures does; unpack it by hand if you trust it, and choose the folder.`,
    )
  }

  #partsOf(name: string): string[] {
    const parts = name.replace(/^(\.\/)+/, '').split('/')
    const isSafe = (part: string) => part !== '' && !/^[. ]+$/.test(part) && !/[\\:\u0000-\u001f]/.test(part)
    if (parts.every(isSafe)) return parts
    throw new DataError(
      `${this.#archive} holds a file called “${name.slice(0, 200)}”, which would leave the folder it is unpacked to; it is not opened.`,
    )
  }
}

/** What is worth unpacking: no folders, links, hidden files, nor what the Finder adds. */
export function isWanted(name: string): boolean {
  if (name.endsWith('/')) return false
  const parts = name.split('/')
  return !parts.some((part) => part === '__MACOSX' || (/^\./.test(part) && !/^\.{1,2}$/.test(part)))
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
}
