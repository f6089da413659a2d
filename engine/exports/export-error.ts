import { basename, dirname } from 'node:path'

/** A run cannot be exported as asked: one full sentence with what to do. */
export class ExportError extends Error {
  override readonly name: string = 'ExportError'
}

/** Files would have been replaced. */
export class FilesExistError extends ExportError {
  override readonly name = 'FilesExistError'
}

/** The person ended the export; nothing of it is left. */
export class ExportCancelledError extends ExportError {
  override readonly name = 'ExportCancelledError'
  constructor() {
    super('The export was cancelled.')
  }
}

/** `paths` are there already. */
export function filesExist(paths: readonly string[]): FilesExistError {
  const folders = new Set(paths.map((path) => dirname(path)))
  const [verb, them] = paths.length === 1 ? ['is', 'it'] : ['are', 'them']
  const [folder] = folders
  const where = folders.size === 1 ? `in ${folder}` : 'there'
  const names = folders.size === 1 ? paths.map((path) => basename(path)) : paths
  return new FilesExistError(`${names.join(', ')} ${verb} ${where} already; choose another name, or replace ${them}.`)
}
