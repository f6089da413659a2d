import { describe, expect, it } from 'vitest'
import { SnapshotSchedule } from './snapshot-schedule.ts'

/** Goes from due step to due step and returns what is kept at the end, calling `look` with what is kept at each. */
function runThrough(
  schedule: SnapshotSchedule,
  totalSteps: number,
  { from = 0, kept = [] as number[], look = (_: readonly number[]) => {} } = {},
): number[] {
  let steps = kept
  for (let step = from; step <= totalSteps; step = schedule.nextAfter(step)) {
    expect(schedule.isDue(step)).toBe(true)
    steps = [...steps, step]
    const dropped = new Set(schedule.spare(steps))
    steps = steps.filter((other) => !dropped.has(other))
    look(steps)
  }
  return steps
}

describe('SnapshotSchedule', () => {
  it('keeps the birth, powers of two and fifty steps an epoch', () => {
    const kept = runThrough(new SnapshotSchedule(500, 1, 1000), 1000)
    expect(kept.slice(0, 8)).toEqual([0, 1, 2, 4, 8, 10, 16, 20])
    expect(kept).toContain(500)
    expect(kept).toContain(512)
    expect(kept.at(-1)).toBe(1000)
  })

  it('leaves room to fuse steps soon, where epochs are short', () => {
    const kept = runThrough(new SnapshotSchedule(47, 1), 1000)
    expect(kept.slice(0, 33)).toEqual(Array.from({ length: 33 }, (_, step) => step))
    const between = (from: number, to: number) => kept.filter((step) => step >= from && step < to).length
    expect([between(32, 64), between(64, 128), between(128, 256), between(256, 512)]).toEqual([16, 16, 16, 32])
  })

  it('never skips a due step', () => {
    const schedule = new SnapshotSchedule(700, 1, 80)
    const reached: number[] = []
    for (let step = 0; step < 5000; step = schedule.nextAfter(step)) reached.push(step)
    const due = Array.from({ length: 5000 }, (_, step) => step).filter((step) => schedule.isDue(step))
    expect(reached).toEqual(due)
  })

  it('stays within its budget at every step, and still holds the birth, the newest and steps all along', () => {
    const kept = runThrough(new SnapshotSchedule(100, 10, 600), 20_000, {
      look: (steps) => {
        expect(steps.length).toBeLessThanOrEqual(60)
        expect(steps[0]).toBe(0)
      },
    })
    expect(kept.length).toBeGreaterThan(25)
    const gaps = kept.slice(1).map((step, index) => step - (kept[index] as number))
    expect(Math.max(...gaps)).toBeLessThan(2048)
  })

  it('keeps at most a thousand, however small they are, and says so', () => {
    const schedule = new SnapshotSchedule(50, 100)
    let most = 0
    runThrough(schedule, 9000, { look: (steps) => (most = Math.max(most, steps.length)) })
    expect(most).toBeLessThanOrEqual(1000)
    expect(most).toBeGreaterThan(900)
    expect(schedule.budgetBytes).toBe(100_000)
    expect([schedule.isThinned(5000), schedule.isThinned(9000)]).toEqual([false, true])
  })

  it('keeps the same steps when a run was stopped between and continued', () => {
    const whole = runThrough(new SnapshotSchedule(100, 10, 600), 9000)
    const first = runThrough(new SnapshotSchedule(100, 10, 600), 5003)
    // A run that is stopped keeps its last step, due or not.
    const continued = new SnapshotSchedule(100, 10, 600)
    const kept = runThrough(continued, 9000, { from: continued.nextAfter(5003), kept: [...first, 5003] })
    expect(kept).toEqual(whole)
  })

  it('drops nothing but what is spare where there is no room at all', () => {
    const schedule = new SnapshotSchedule(10, 1000, 1)
    expect(schedule.spare([0, 1, 2, 3, 4])).toEqual([3])
    expect(schedule.nextAfter(4)).toBe(8)
  })
})
