import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes the folder `path` and those around it that are missing; returns whether `path` was made now. Throws the file
 * system's error where a part of the path is a file or cannot be made.
 *
 * Node's own recursive mkdir never ends where the system says that a folder is missing although the one around it is
 * there, as below /proc: here each is tried once.
 */
export async function makeFolder(path: string): Promise<boolean> {
  const parent = dirname(path)
  if (await isMissing(parent)) await makeFolder(parent)
  try {
    await mkdir(path)
    return true
  } catch (error) {
    // Made before, or by another process meanwhile.
    if (await isFolder(path)) return false
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** False also where the system refuses to look: making the folder then says why. */
async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}
