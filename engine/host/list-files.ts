import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FileEntry, FileListing } from '../protocol/requests.ts'
import type { PathGuard } from './path-guard.ts'
import { RequestError } from './request-error.ts'

const ENTRIES_SHOWN = 2000

interface Found {
  readonly name: string
  readonly isFolder: boolean
}

/** What is in a folder (the root, where `path` is left out), folders first. Throws RequestError with a sentence. */
export async function listFiles(paths: PathGuard, path: string | undefined): Promise<FileListing> {
  const folder = await paths.confine(path ?? paths.root ?? homedir())
  const present = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = code === 'ENOTDIR' ? 'is not a folder' : 'cannot be read by this user'
    throw new RequestError('badInput', `${folder} ${reason}; choose another one.`, { cause: error })
  })
  const found = (await Promise.all(present.map((entry) => kindOf(paths, folder, entry)))).filter(
    (entry) => entry !== undefined,
  )
  found.sort(inOrder)
  const root = paths.root === undefined ? undefined : await realpath(paths.root)
  const parent = dirname(folder)
  return {
    path: folder,
    ...(folder === root || parent === folder ? {} : { parent }),
    entries: await Promise.all(found.slice(0, ENTRIES_SHOWN).map((entry) => withLength(folder, entry))),
    omitted: Math.max(0, found.length - ENTRIES_SHOWN),
  }
}

/** undefined for what cannot be opened here: a link that is broken or leads outside, a device. */
async function kindOf(paths: PathGuard, folder: string, entry: Dirent): Promise<Found | undefined> {
  const { name } = entry
  if (entry.isDirectory()) return { name, isFolder: true }
  if (entry.isFile()) return { name, isFolder: false }
  if (!entry.isSymbolicLink()) return undefined
  try {
    const found = await stat(await paths.confine(join(folder, name)))
    return found.isDirectory() || found.isFile() ? { name, isFolder: found.isDirectory() } : undefined
  } catch {
    return undefined
  }
}

async function withLength(folder: string, { name, isFolder }: Found): Promise<FileEntry> {
  const path = join(folder, name)
  // A file that has just gone is shown as empty; opening it says what happened.
  const byteLength = isFolder
    ? 0
    : await stat(path).then(
        ({ size }) => size,
        () => 0,
      )
  return { name, path, isFolder, byteLength }
}

/** Folders before files, hidden ones last, by name with numbers in their order. */
function inOrder(one: Found, other: Found): number {
  const rank = ({ isFolder, name }: Found) => (isFolder ? 0 : 2) + (name.startsWith('.') ? 1 : 0)
  return rank(one) - rank(other) || byName.compare(one.name, other.name)
}

const byName = new Intl.Collator('en', { numeric: true })
