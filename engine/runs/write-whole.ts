import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'

const partEnding = /\.[0-9a-f-]{36}\.part$/

/** True for a file that was being written when its process died. */
export function isPart(name: string): boolean {
  return partEnding.test(name)
}

/**
 * Replaces `path` by `content` in one step: written aside, flushed to the disk, then renamed,
 * so that a crash or a full disk leaves the old file whole. Throws the file system's error.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const aside = await writeAside(path, content)
  try {
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

/**
 * Writes `content` beside `path`, flushed to the disk, and returns where: a file that has still to get its name. Throws
 * the file system's error, and leaves nothing then.
 */
export async function writeAside(path: string, content: string | Uint8Array): Promise<string> {
  const aside = `${path}.${randomUUID()}.part`
  try {
    const file = await open(aside, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    return aside
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

/**
 * The same at once and not flushed, for many small files: a power cut may lose the newest of them. It needs no other
 * thread, which beside a device that takes every core would have to wait for one.
 */
export function writeWholeNow(path: string, content: Uint8Array): void {
  const aside = `${path}.${randomUUID()}.part`
  try {
    writeFileSync(aside, content, { flag: 'wx' })
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}
