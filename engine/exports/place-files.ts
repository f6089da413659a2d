import { constants } from 'node:fs'
import { copyFile, link, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { refusalReason } from '../runs/refusal-reason.ts'
import { writeAside } from '../runs/write-whole.ts'
import { ExportError, filesExist } from './export-error.ts'

/** A file that was written aside and has still to get its name. */
export interface WaitingFile {
  readonly path: string
  readonly aside: string
  readonly byteLength: number
}

/** Writes `content` beside where it is to go. Throws ExportError. */
export async function prepareFile(path: string, content: Uint8Array | string): Promise<WaitingFile> {
  try {
    return { path, aside: await writeAside(path, content), byteLength: Buffer.byteLength(content) }
  } catch (error) {
    throw notWritten(path, error)
  }
}

/**
 * Gives every file its name. Where `mayReplace` says no, a file that has come there meanwhile stays as it is: throws
 * FilesExistError then, ExportError where the file system refuses; those before it keep their names.
 */
export async function place(files: readonly WaitingFile[], mayReplace: (path: string) => boolean): Promise<void> {
  for (const { path, aside } of files) {
    try {
      if (mayReplace(path)) await rename(aside, path)
      else await placeNew(aside, path)
    } catch (error) {
      throw isExisting(error) ? filesExist([path]) : notWritten(path, error)
    }
  }
}

export async function discard(files: readonly WaitingFile[]): Promise<void> {
  for (const { aside } of files) await rm(aside, { force: true })
}

/** A rename would replace what is there; a second name for the same file is refused instead. */
async function placeNew(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path)
  } catch (error) {
    if (isExisting(error)) throw error
    // Some file systems know no second names.
    await copyFile(aside, path, constants.COPYFILE_EXCL)
  }
  await rm(aside)
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

function notWritten(path: string, error: unknown): ExportError {
  const reason = error instanceof Error ? refusalReason(error) : String(error)
  return new ExportError(`${path} cannot be written (${reason}); choose another place than ${dirname(path)}.`, {
    cause: error,
  })
}
