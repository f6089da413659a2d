import { describe, expect, it } from 'vitest'
import { SnapshotSchedule } from './snapshot-schedule.ts'

function runThrough(schedule: SnapshotSchedule, totalSteps: number, bytes: number): number[] {
  let kept: number[] = []
  for (let step = 0; step <= totalSteps; step = schedule.nextAfter(step)) {
    expect(schedule.isDue(step)).toBe(true)
    kept.push(step)
    const dropped = new Set(schedule.thin(kept, bytes))
    kept = kept.filter((other) => !dropped.has(other))
  }
  return kept
}

describe('SnapshotSchedule', () => {
  it('keeps the birth, powers of two and fifty steps an epoch', () => {
    const kept = runThrough(new SnapshotSchedule(500, 1000), 1000, 1)
    expect(kept.slice(0, 8)).toEqual([0, 1, 2, 4, 8, 10, 16, 20])
    expect(kept).toContain(500)
    expect(kept).toContain(512)
    expect(kept.at(-1)).toBe(1000)
  })

  it('never skips a due step', () => {
    const schedule = new SnapshotSchedule(700)
    for (let step = 0; step < 3000; step++) {
      const next = schedule.nextAfter(step)
      for (let between = step + 1; between < next; between++) expect(schedule.isDue(between)).toBe(false)
      expect(schedule.isDue(next)).toBe(true)
    }
  })

  it('stays within its budget by keeping every second, and still holds the birth and the newest', () => {
    const kept = runThrough(new SnapshotSchedule(100, 60), 20_000, 1)
    expect(kept.length).toBeLessThanOrEqual(60)
    expect(kept.length).toBeGreaterThan(25)
    expect(kept[0]).toBe(0)
    const gaps = kept.slice(1).map((step, index) => step - (kept[index] as number))
    expect(Math.max(...gaps)).toBeLessThan(2048)
  })

  it('stops dropping when only what is never spare is left', () => {
    const schedule = new SnapshotSchedule(10, 1)
    expect(schedule.thin([0, 1, 2, 3, 4], 1000)).toEqual([3])
  })
})
