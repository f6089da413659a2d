import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RunLogEntry } from '../protocol/runs.ts'
import { RunLog } from './run-log.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filterscope-log-'))
  path = join(folder, 'metrics.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const entry = (step: number): RunLogEntry => ({ kind: 'checkpoint', step })
const line = (step: number) => `${JSON.stringify(entry(step))}\n`
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(from + index)).join('')
const stepsOf = (entries: readonly RunLogEntry[]) => entries.map((one) => ('step' in one ? one.step : -1))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

it('numbers entries by their line, and reads old ones from the file', async () => {
  await writeFile(path, lines(0, 5000))
  const log = await RunLog.open(path)
  expect(log.length).toBe(5000)
  await appendFile(path, lines(5000, 9000))
  for (let step = 5000; step < 9000; step++) log.append(entry(step))
  expect(log.length).toBe(9000)
  const read: number[] = []
  while (read.length < 9000) read.push(...stepsOf(await log.read(read.length, 700)))
  expect(read).toEqual(range(0, 9000))
  expect(stepsOf(await log.read(8998, 700))).toEqual([8998, 8999])
  expect(await log.read(9000, 700)).toEqual([])
})

it('does not count a line that is torn', async () => {
  await writeFile(path, lines(0, 3) + '{"kind":"checkpoi')
  expect((await RunLog.open(path)).length).toBe(3)
})

it('hears after a crash what only the file had', async () => {
  await writeFile(path, lines(0, 2))
  const log = await RunLog.open(path)
  log.append(entry(2))
  await appendFile(path, lines(2, 5) + '{"torn')
  expect(stepsOf(await log.reconcile())).toEqual([3, 4])
  await log.write(entry(5))
  expect(stepsOf(await log.read(0, 100))).toEqual([0, 1])
  expect(stepsOf(await log.read(2, 100))).toEqual([2, 3, 4, 5])
  expect(await readFile(path, 'utf8')).toBe(lines(0, 6))
})

it('writes after a crash what only memory had', async () => {
  const log = await RunLog.open(path)
  await writeFile(path, line(0) + '{"torn')
  for (const step of [0, 1, 2]) log.append(entry(step))
  expect(await log.reconcile()).toEqual([])
  await log.write(entry(3))
  expect(await readFile(path, 'utf8')).toBe(lines(0, 4))
  expect(stepsOf(await log.read(0, 100))).toEqual([0, 1, 2, 3])
})
