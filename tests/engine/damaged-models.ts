import { type ChildProcess, fork } from 'node:child_process'
import { expect } from 'vitest'
import type { DamageEvent, DamageOrder } from './damaged-models-process.ts'

/** A case is a few milliseconds of work: one that takes this long, on however slow a machine, does not end. */
const longestCaseMs = 90_000

/** JavaScript's own memory; more is an explosion. */
const mostHeapMegabytes = 768

/** What the process has in memory at most, its programs included. */
const mostResidentBytes = 2 ** 30

export interface DamageReport {
  /** How many were read and understood in spite of the damage, and how many could also be trained. */
  opened: number
  trainable: number
  /** What was said of the others. */
  readonly sentences: string[]
  /** Faults: exceptions that are no sentences, cases without an end, and processes that died, by the number of the case. */
  readonly faults: string[]
  /** Cases at which the runtime itself crashed, or did not end, in a process of its own. */
  readonly ofTheRuntime: number[]
  peakBytes: number
}

/** Goes through `count` damaged forms of `model` in a process that is started again where it dies. */
export async function tryDamaged(
  program: string,
  title: string,
  model: Uint8Array,
  count: number,
): Promise<DamageReport> {
  const report: DamageReport = { opened: 0, trainable: 0, sentences: [], faults: [], ofTheRuntime: [], peakBytes: 0 }
  let first = 0
  while (first < count) first = await goOn(program, { title, model, first, count: count - first }, report)
  return report
}

/** The number of the case to go on with after the process has ended. */
function goOn(program: string, order: DamageOrder, report: DamageReport): Promise<number> {
  const child: ChildProcess = fork(program, {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${mostHeapMegabytes}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let current = { number: order.first, phase: 'reading' }
  let isDone = false
  let watch: NodeJS.Timeout | undefined
  let hung = false
  const watchAgain = () => {
    clearTimeout(watch)
    watch = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, longestCaseMs)
  }
  child.on('message', (message) => {
    const event = message as DamageEvent
    watchAgain()
    if (event.kind === 'begins') current = event
    else if (event.kind === 'broken') report.faults.push(`#${event.number}, ${event.phase}: ${event.trace}`)
    else if (event.kind === 'done') {
      report.peakBytes = Math.max(report.peakBytes, event.peakBytes)
      isDone = true
      child.kill()
    } else if (event.sentence !== undefined) report.sentences.push(event.sentence)
    else if (event.phase === 'reading') report.opened++
    else if (event.phase === 'training') report.trainable++
  })
  watchAgain()
  child.send(order)
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(watch)
      if (isDone) return resolve(order.first + order.count)
      if (current.phase === 'computing') report.ofTheRuntime.push(current.number)
      else {
        const how = hung ? 'did not end' : `ended the process (${signal ?? code})`
        report.faults.push(`#${current.number}, ${current.phase}: ${how}`)
      }
      resolve(current.number + 1)
    })
  })
}

/** What must hold however a file is damaged: it opens or is refused in one sentence, and memory stays bounded. */
export function expectNoFault(report: DamageReport, count: number): void {
  expect(report.faults).toEqual([])
  for (const sentence of report.sentences) {
    expect(sentence).toMatch(/^\S[^\n]*[.!]$/)
    expect(sentence).not.toMatch(/undefined|NaN|\[object/)
  }
  // The damage reaches all parts: some files still open, some are refused.
  expect(report.opened).toBeGreaterThan(count / 20)
  expect(report.sentences.length).toBeGreaterThan(count / 20)
  expect(report.peakBytes).toBeLessThan(mostResidentBytes)
}
