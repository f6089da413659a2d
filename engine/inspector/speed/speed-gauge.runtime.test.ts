import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type TrainingSpeed, workKinds } from '../../protocol/training-speed.ts'
import { cpuThreads } from '../../runtime/providers.ts'
import { measureSpeed } from './measure-speed.ts'
import { SpeedGauge } from './speed-gauge.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filterscope-speed-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A measurement that counts how often it was made. */
function counting() {
  const asked: number[] = []
  const measure = (threads: number): Promise<TrainingSpeed> => {
    asked.push(threads)
    const rates = Object.fromEntries(workKinds.map((kind) => [kind, 1e6 + asked.length]))
    return Promise.resolve({ rates: rates as TrainingSpeed['rates'], secondsOfStep: 0.001 })
  }
  return { asked, measure }
}

it('measures once with the threads of a run, however many ask, and not at the next start', async () => {
  const { asked, measure } = counting()
  const gauge = new SpeedGauge(folder, measure)
  const [first, second] = await Promise.all([gauge.speed(true), gauge.speed(true)])
  expect(second).toEqual(first)
  expect(await gauge.speed(true)).toEqual(first)
  expect(await new SpeedGauge(folder, measure).speed(true)).toEqual(first)
  expect(asked).toEqual([cpuThreads()])
})

it('measures nothing where it may not, and tells what is kept', async () => {
  const { asked, measure } = counting()
  expect(await new SpeedGauge(folder, measure).speed(false)).toBeUndefined()
  expect(asked).toEqual([])
  const measured = await new SpeedGauge(folder, measure).speed(true)
  expect(await new SpeedGauge(folder, measure).speed(false)).toEqual(measured)
})

it('measures again where the file is damaged, and without a folder', async () => {
  const { asked, measure } = counting()
  await new SpeedGauge(folder, measure).speed(true)
  const [name = ''] = await readdir(folder)
  const file = await readFile(join(folder, name))
  await writeFile(join(folder, name), file.subarray(0, file.length - 5))
  await new SpeedGauge(folder, measure).speed(true)
  await new SpeedGauge(undefined, measure).speed(true)
  expect(asked).toHaveLength(3)
})

it('tries again after a measurement that failed', async () => {
  const { asked, measure } = counting()
  let fails = true
  const gauge = new SpeedGauge(folder, (threads) => (fails ? Promise.reject(new Error('no memory')) : measure(threads)))
  await expect(gauge.speed(true)).rejects.toThrow('no memory')
  fails = false
  expect(await gauge.speed(true)).toBeDefined()
  expect(asked).toHaveLength(1)
})

it('finds a rate for everything that takes time', async () => {
  const { rates, secondsOfStep } = await measureSpeed(cpuThreads())
  for (const kind of workKinds) {
    expect(rates[kind], kind).toBeGreaterThan(0)
    expect(Number.isFinite(rates[kind]), kind).toBe(true)
  }
  expect(secondsOfStep).toBeGreaterThanOrEqual(0)
  // No processor starts a hundred million layers a second, nor takes a second for a step with nothing to do.
  expect(rates.layers).toBeLessThan(1e8)
  expect(secondsOfStep).toBeLessThan(1)
})
