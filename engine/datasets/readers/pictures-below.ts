import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isPictureName } from './picture-names.ts'

/**
 * Paths below a folder, as the system writes them, of the pictures in it and in all folders below; sorted. Links are
 * followed, but into no folder twice, so that they may lead in circles; hidden folders and what the Finder adds are left
 * out.
 */
export async function picturesBelow(folder: string): Promise<string[]> {
  const found: string[] = []
  await walk(folder, '', new Set([await realpath(folder)]), found)
  return found.sort()
}

async function walk(root: string, below: string, visited: Set<string>, found: string[]): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true })
  for (const entry of entries.sort(linksLast)) {
    const { name } = entry
    if (name.startsWith('.') || name === '__MACOSX') continue
    const path = join(below, name)
    const kind = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => undefined) : entry
    if (!kind?.isDirectory()) {
      // A link to nothing is told later, as a picture that is not there.
      if (isPictureName(name) && kind?.isFile() !== false) found.push(path)
      continue
    }
    const real = await realpath(join(root, path))
    if (visited.has(real)) continue
    visited.add(real)
    await walk(root, path, visited, found)
  }
}

/** A folder is called what it is, not what a link to it is. */
function linksLast(a: Dirent, b: Dirent): number {
  const later = Number(a.isSymbolicLink()) - Number(b.isSymbolicLink())
  return later || (a.name < b.name ? -1 : 1)
}
