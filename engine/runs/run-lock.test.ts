import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir, uptime } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunError } from './run-error.ts'
import { RunLock, trainerOf } from './run-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const file = () => join(folder, 'trainer.lock')
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid

function writeLock(pid: number, host = hostname()): Promise<void> {
  return writeFile(file(), JSON.stringify({ pid, host }))
}

async function age(seconds: number): Promise<void> {
  const then = new Date(Date.now() - seconds * 1000)
  await utimes(file(), then, then)
}

async function expectTakenOver(): Promise<void> {
  expect(await trainerOf(folder)).toBeUndefined()
  const lock = await RunLock.take(folder)
  expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() })
  lock.release()
  expect(await readdir(folder)).toEqual([])
}

describe('RunLock', () => {
  it('keeps every other process from the folder until it is released, and says which process has it', async () => {
    const lock = await RunLock.take(folder)
    expect(await trainerOf(folder)).toBe(`process ${process.pid}`)
    await expect(RunLock.take(folder)).rejects.toThrow(
      new RunError(
        `${folder} is being trained by process ${process.pid}; stop it there first, or remove ${file()} where that process is no trainer.`,
      ),
    )
    lock.release()
    lock.release()
    await expectTakenOver()
  })

  it('is given to one of many that ask at the same moment', async () => {
    await writeLock(deadPid())
    const takes = await Promise.allSettled(Array.from({ length: 8 }, () => RunLock.take(folder)))
    const locks = takes.flatMap((take) => (take.status === 'fulfilled' ? [take.value] : []))
    expect(locks).toHaveLength(1)
    for (const take of takes) if (take.status === 'rejected') expect(take.reason).toBeInstanceOf(RunError)
    expect(await readdir(folder)).toEqual(['trainer.lock'])
    locks[0]?.release()
  })

  it('of a process that was killed is over', async () => {
    await writeLock(deadPid())
    await expectTakenOver()
  })

  it('from before the computer was started is over, though another process has the number now', async () => {
    await writeLock(process.ppid)
    expect(await trainerOf(folder)).toBe(`process ${process.ppid}`)
    await age(uptime() + 60)
    await expectTakenOver()
  })

  it('of another computer holds while it is renewed', async () => {
    await writeLock(deadPid(), 'atlas')
    await expect(RunLock.take(folder)).rejects.toThrow(/is being trained by process \d+ on atlas; stop it there first/)
    await age(700)
    await expectTakenOver()
  })

  it('that is just being written, or torn, holds for as long as it may be renewed', async () => {
    await writeFile(file(), '{"pid":')
    expect(await trainerOf(folder)).toBe('another process')
    await age(700)
    await expectTakenOver()
  })
})
