import { rmSync, utimesSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { RunError } from './run-error.ts'

const fileName = 'trainer.lock'
const renewEveryMs = 20_000
/** Nobody here can ask whether a process of another computer still lives: a lock it has not renewed for so long is over. */
const staleAfterMs = 10 * 60_000

const holderSchema = z.object({ pid: z.number().int().positive(), host: z.string() })
type Holder = z.infer<typeof holderSchema>

/**
 * A run folder taken by the one process that trains it: trainer.lock names the process and its computer, and is renewed
 * while that lives. Two that train one run would write over each other's checkpoints.
 */
export class RunLock {
  readonly #path: string
  readonly #renewal: ReturnType<typeof setInterval>

  private constructor(path: string) {
    this.#path = path
    this.#renewal = setInterval(() => this.#renew(), renewEveryMs)
    this.#renewal.unref()
  }

  /** Throws RunError where another process holds the folder, and the file system's error. */
  static async take(folder: string): Promise<RunLock> {
    const path = join(folder, fileName)
    const content = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder)
    await alone(folder, async () => {
      const found = await inspect(path)
      if (found?.isAlive === true) throw new RunError(heldElsewhere(folder, nameOf(found.holder)))
      await writeFile(path, content)
    })
    return new RunLock(path)
  }

  /** Gives the folder back; it may have been removed meanwhile. */
  release(): void {
    clearInterval(this.#renewal)
    rmSync(this.#path, { force: true })
  }

  #renew(): void {
    try {
      const now = new Date()
      utimesSync(this.#path, now, now)
    } catch {
      // A disk that refuses this refuses the next checkpoint too, which says so.
    }
  }
}

/** Who trains the run of this folder, as part of a sentence; undefined where nobody does. */
export async function trainerOf(folder: string): Promise<string | undefined> {
  const found = await inspect(join(folder, fileName))
  return found?.isAlive === true ? nameOf(found.holder) : undefined
}

/** Why a run cannot be trained here and now: another process, which `trainer` names, trains it. */
export function heldElsewhere(folder: string, trainer: string): string {
  return `${folder} is being trained by ${trainer}; stop it there first, or remove ${join(folder, fileName)} where that process is no trainer.`
}

function nameOf(holder: Holder | undefined): string {
  if (holder === undefined) return 'another process'
  return holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`
}

/** Looking at the lock and taking it is one thing: of several that come at the same moment only one gets to do it. */
async function alone(folder: string, task: () => Promise<void>): Promise<void> {
  const claim = join(folder, `${fileName}.claim`)
  const claimed = await stat(claim).catch(missingAsUndefined)
  // It is there for a moment only, unless its process died in that moment.
  if (claimed !== undefined && Date.now() - claimed.mtimeMs > staleAfterMs) await rm(claim, { force: true })
  try {
    await writeFile(claim, '', { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new RunError(heldElsewhere(folder, nameOf(undefined)), { cause: error })
  }
  try {
    await task()
  } finally {
    await rm(claim, { force: true })
  }
}

interface FoundLock {
  /** Undefined where the file does not say: it is being written, or its writer died in the middle. */
  readonly holder: Holder | undefined
  readonly isAlive: boolean
}

async function inspect(path: string): Promise<FoundLock | undefined> {
  const content = await readFile(path, 'utf8').catch(missingAsUndefined)
  const file = await stat(path).catch(missingAsUndefined)
  if (content === undefined || file === undefined) return undefined
  const ageMs = Date.now() - file.mtimeMs
  const holder = parse(content)
  const isAlive = holder?.host === hostname() ? isRunning(holder.pid) && !isFromBeforeBoot(ageMs) : ageMs < staleAfterMs
  return { holder, isAlive }
}

function parse(content: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(content)).data
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Process numbers begin anew when a computer does: after a power cut another process may have the trainer's. */
function isFromBeforeBoot(ageMs: number): boolean {
  return ageMs > uptime() * 1000
}

function missingAsUndefined(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
