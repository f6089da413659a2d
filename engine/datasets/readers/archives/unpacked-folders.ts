import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** All unpacked archives together may take so much; the one in hand is kept whatever it takes. */
const BUDGET_BYTES = 20 * 2 ** 30

/** What a process that died left half unpacked is taken away after this time. */
const PART_LIFETIME_MS = 24 * 3600 * 1000

const SIZE_FILE = 'size'
const FILES = 'files'
const USER = /^used-by-(\d+)-/

export interface UnpackedFolder {
  readonly folder: string
  /** Lets the folder be taken away when room is needed. */
  readonly release: () => Promise<void>
}

/** Unpacked archives, each once until room is needed; those used longest ago and by no running process go first. */
export class UnpackedFolders {
  readonly #root: string
  readonly #budgetBytes: number

  constructor(root: string, budgetBytes = BUDGET_BYTES) {
    this.#root = root
    this.#budgetBytes = budgetBytes
  }

  /** The files of an archive: those of before, where it has not changed since, else what `unpack` puts into a folder. */
  async get(archive: string, unpack: (folder: string) => Promise<number>): Promise<UnpackedFolder> {
    const { size, mtimeMs } = await stat(archive)
    const key = createHash('sha256')
      .update(`${await realpath(archive)}\n${size}\n${mtimeMs}`)
      .digest('hex')
      .slice(0, 24)
    const home = join(this.#root, key)
    const user = join(home, `used-by-${process.pid}-${randomUUID().slice(0, 8)}`)
    do {
      if (!(await this.#isThere(home))) await this.#fill(home, unpack)
      // Another process may take the folder away until it is marked as used.
    } while (!(await this.#mark(home, user)))
    await this.#makeRoom(key)
    return { folder: join(home, FILES), release: () => rm(user, { force: true }) }
  }

  async #mark(home: string, user: string): Promise<boolean> {
    try {
      const now = new Date()
      await utimes(home, now, now)
      await writeFile(user, '')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    return this.#isThere(home)
  }

  async #isThere(home: string): Promise<boolean> {
    return stat(join(home, SIZE_FILE)).then(
      () => true,
      () => false,
    )
  }

  async #fill(home: string, unpack: (folder: string) => Promise<number>): Promise<void> {
    const part = partOf(home)
    try {
      await mkdir(join(part, FILES), { recursive: true })
      const bytes = await unpack(join(part, FILES))
      await writeFile(join(part, SIZE_FILE), String(bytes))
      await rename(part, home).catch(async (error: unknown) => {
        // Another process was faster.
        if (!(await this.#isThere(home))) throw error
      })
    } finally {
      await rm(part, { recursive: true, force: true })
    }
  }

  async #makeRoom(keptKey: string): Promise<void> {
    const homes: { path: string; bytes: number; usedAt: number }[] = []
    for (const name of await readdir(this.#root)) {
      const path = join(this.#root, name)
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
      if (name.endsWith('.part')) {
        if (Date.now() - mtimeMs > PART_LIFETIME_MS) await rm(path, { recursive: true, force: true })
        continue
      }
      const bytes = Number(await readFile(join(path, SIZE_FILE), 'utf8').catch(() => '0'))
      homes.push({ path, bytes, usedAt: name === keptKey ? Infinity : mtimeMs })
    }
    let total = homes.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const { path, bytes, usedAt } of homes.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#budgetBytes || usedAt === Infinity) return
      if (await isInUse(path)) continue
      await this.#remove(path)
      total -= bytes
    }
  }

  /** In one step for everyone else: half of it, left by a process that ends meanwhile, must not stand in the way. */
  async #remove(home: string): Promise<void> {
    const part = partOf(home)
    const isMoved = await rename(home, part).then(
      () => true,
      () => false,
    )
    // Another process was faster.
    if (!isMoved) return
    // Whoever marked it before that would read what is being removed; if it was unpacked anew meanwhile, that will do.
    if (await isInUse(part)) await rename(part, home).catch(() => undefined)
    else await rm(part, { recursive: true, force: true })
  }
}

function partOf(home: string): string {
  return `${home}.${randomUUID().slice(0, 8)}.part`
}

async function isInUse(home: string): Promise<boolean> {
  const names = await readdir(home).catch(() => [])
  return names.some((name) => {
    const [, pid] = USER.exec(name) ?? []
    return pid !== undefined && isRunning(Number(pid))
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It runs, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
