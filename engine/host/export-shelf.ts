import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../runs/make-folder.ts'
import { RequestError } from './request-error.ts'

/** Exports that windows may still fetch; each may be as large as a model. */
const EXPORTS_KEPT = 8

/** Where exports lie until the windows they were made for have fetched them. */
export class ExportShelf {
  readonly #parent: string | undefined
  /** Oldest first. */
  readonly #folders: string[] = []

  /** Without a parent there is no server from which a window could fetch a file. */
  constructor(parent: string | undefined) {
    this.#parent = parent
  }

  /** Fills a new folder. Throws RequestError where windows here fetch nothing, and what `fill` throws: no folder stays then. */
  async fill<Result>(fill: (folder: string, id: string) => Promise<Result>): Promise<Result> {
    if (this.#parent === undefined) {
      throw new RequestError('badInput', 'This window has no server to download from; choose where to save the files.')
    }
    const id = randomUUID()
    const folder = join(this.#parent, id)
    await makeFolder(folder)
    try {
      const result = await fill(folder, id)
      this.#folders.push(folder)
      for (const old of this.#folders.splice(0, this.#folders.length - EXPORTS_KEPT)) {
        await rm(old, { recursive: true, force: true })
      }
      return result
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }
}
