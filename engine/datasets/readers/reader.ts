import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { ImageSize } from '../../protocol/settings.ts'
import { DataError } from '../dataset.ts'
import { listFolder } from '../list-folder.ts'
import type { OpenOptions } from '../opening.ts'
import type { PictureMemory } from '../picture-memory.ts'
import type { PictureSource } from '../picture-source.ts'

/** A file or folder that a person chose, as every reader looks at it first. */
export interface Place {
  readonly path: string
  readonly isFolder: boolean
  /** The chosen folder, or the one that the chosen file lies in. */
  readonly folder: string
  /** Names of the folders in a chosen folder; none beside a chosen file. */
  readonly folders: readonly string[]
  /** Names of the files in a chosen folder; of a chosen file and those beside it. */
  readonly files: readonly string[]
}

export interface OpenRequest extends OpenOptions {
  /** The size every picture is to be brought to; the reader chooses one where it is left out. */
  readonly image: ImageSize | undefined
  /** For decoded pictures; shared by all sources of a data set. */
  readonly memory: PictureMemory
}

/** Opens what a reader recognised. Throws DataError with one sentence, OpeningCancelledError after the signal. */
export type Opener = (request: OpenRequest) => Promise<PictureSource>

/**
 * Looks whether a place is of this reader's format, by what it holds: an opener if it is, undefined if it is not.
 * Throws DataError where the format is certain and it is not clear what to open.
 */
export type Reader = (place: Place) => Promise<Opener | undefined>

/** What can be opened, for sentences that say what to choose instead. */
export const openable =
  'a folder of pictures (one folder per class, or with a table of labels), NumPy, Parquet, IDX or CIFAR files, or an archive of any of these'

/** Throws DataError where there is nothing, or nothing that may be read. */
export async function placeAt(path: string): Promise<Place> {
  const isFolder = await isFolderAt(path)
  const folder = isFolder ? path : dirname(path)
  if (!isFolder) {
    // A file may be chosen in a folder that may not be listed.
    const files = await listFolder(folder).then(
      (listed) => listed.files,
      () => [],
    )
    return { path, isFolder, folder, folders: [], files: files.length > 0 ? files : [basename(path)] }
  }
  if ((await readdir(path)).length === 0) throw new DataError(`${path} is an empty folder; choose ${openable}.`)
  const { folders, files } = await listFolder(path)
  // What the Finder leaves in a zip file is no folder of pictures.
  return { path, isFolder, folder, folders: folders.filter((name) => name !== '__MACOSX'), files }
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isDirectory()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new DataError(`${path} does not exist; check the path.`, { cause: error })
    }
    throw new DataError(`${path} cannot be opened (${(error as Error).message}); check its permissions.`, {
      cause: error,
    })
  }
}
