import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Names of what lies in a folder, sorted, links followed; hidden entries and links to nothing are left out. */
export async function listFolder(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = []
  const files: string[] = []
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
    const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry
    if (kind?.isDirectory()) folders.push(entry.name)
    else if (kind?.isFile()) files.push(entry.name)
  }
  return { folders: folders.sort(), files: files.sort() }
}
