import { readdir, rm, stat, statfs, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '../runs/make-folder.ts'

/**
 * Makes room for the file at `path`, made or still to be made, which counts as used now: others in its folder that were
 * used longest ago are removed until it may take `wanted` bytes within the `mostBytes` of all. Returns how many it may
 * take, never more than half of what the disk has left. Throws the file system's error where there can be no such folder.
 */
export async function makeRoom(path: string, wanted: number, mostBytes: number): Promise<number> {
  const folder = dirname(path)
  await makeFolder(folder)
  const now = new Date()
  await utimes(path, now, now).catch(() => undefined)
  const own = await bytesAt(path)
  const names = (await readdir(folder)).filter((name) => name !== basename(path))
  const found = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), ...(await bytesAt(join(folder, name))) })),
  )
  const { bavail, bsize } = await statfs(folder)
  const allowed = Math.min(wanted, mostBytes, own.bytes + (bavail * bsize) / 2)
  let kept = allowed
  for (const other of found.toSorted((one, another) => another.usedAt - one.usedAt)) {
    kept += other.bytes
    if (kept > mostBytes) await rm(other.path, { force: true }).catch(() => undefined)
  }
  return allowed
}

/** What a file takes on the disk, which is less than its length where parts were never written. */
async function bytesAt(path: string): Promise<{ bytes: number; usedAt: number }> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return { bytes: 0, usedAt: 0 }
  return { bytes: found.blocks > 0 ? Math.min(found.size, found.blocks * 512) : found.size, usedAt: found.mtimeMs }
}
