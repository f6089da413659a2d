import { describe, expect, it } from 'vitest'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { FrameCache } from './frame-cache.ts'
import { applyLogEntry, bestValidation, emptyRunRecord, secondsLeft } from './run-record.ts'
import type { RunRecord } from './run-record.ts'
import { nearestKept, nextKept, playbackPace, previousKept, timelineMarks } from './timeline-steps.ts'

function steps(step: number, losses: readonly number[]): RunLogEntry {
  return { kind: 'steps', step, epoch: 1, losses, trainAccuracy: 0.5, learningRate: 0.01, imagesPerSecond: 640 }
}

function evaluation(step: number, loss: number, split: 'validation' | 'test' = 'validation'): RunLogEntry {
  return { kind: 'evaluation', split, step, epoch: 1, loss, accuracy: 0.9 }
}

function recordOf(...entries: readonly RunLogEntry[]): RunRecord {
  return entries.reduce(applyLogEntry, emptyRunRecord())
}

describe('run record', () => {
  it('places each loss at its own step', () => {
    const record = recordOf(steps(3, [3, 2, 1]), steps(5, [0.5, 0.4]))
    expect([...record.losses.steps]).toEqual([1, 2, 3, 4, 5])
    expect(record.losses.nearest(4)?.value).toBeCloseTo(0.5)
    expect([...record.trainAccuracies.steps]).toEqual([3, 5])
    expect(record.step).toBe(5)
  })

  it('knows how long the newest steps waited for their pictures, where the run says so', () => {
    const told = { ...steps(1, [1]), inputShare: 0.25 } as RunLogEntry
    expect(recordOf(steps(1, [1]), told).inputShare).toBe(0.25)
    expect(recordOf(told, steps(2, [1])).inputShare).toBeUndefined()
  })

  it('forgets what a continued run trains again', () => {
    const record = recordOf(
      steps(3, [3, 2, 1]),
      evaluation(3, 1),
      steps(6, [9, 9, 9]),
      evaluation(6, 0.5),
      { kind: 'phase', phase: 'interrupted', step: 6, message: 'The trainer ended.' },
      { kind: 'phase', phase: 'running', step: 3 },
      steps(4, [0.7]),
    )
    expect([...record.losses.steps]).toEqual([1, 2, 3, 4])
    expect(record.evaluations.map((entry) => entry.step)).toEqual([3])
    expect(record.message).toBeUndefined()
  })

  it('offers no weights of steps that a run was taken back from', () => {
    const kept = { kind: 'snapshot', step: 6, budgetBytes: 100, usedBytes: 10, thinned: false } as const
    const record = recordOf({ ...kept, keptSteps: [0, 1, 2, 4, 6] }, steps(6, [9, 9, 9]), {
      kind: 'phase',
      phase: 'paused',
      step: 3,
      message: 'The loss of step 7 is NaN.',
    })
    expect(record.snapshots?.keptSteps).toEqual([0, 1, 2])
  })

  it('replaces an evaluation of the same split and step', () => {
    const record = recordOf(evaluation(3, 1), evaluation(3, 2, 'test'), evaluation(3, 0.9))
    expect(record.evaluations.map((entry) => [entry.split, entry.loss])).toEqual([
      ['test', 2],
      ['validation', 0.9],
    ])
  })

  it('keeps the message of a failure and drops it when the run goes on', () => {
    const failed = recordOf({ kind: 'phase', phase: 'failed', step: 2, message: 'conv1 blew up.' })
    expect(failed.message).toBe('conv1 blew up.')
    expect(applyLogEntry(failed, { kind: 'phase', phase: 'running', step: 2 }).message).toBeUndefined()
  })

  it('bounds the problems it holds and counts them all', () => {
    let record = emptyRunRecord()
    for (let index = 0; index < 1500; index++) {
      record = applyLogEntry(record, { kind: 'problem', problem: { path: `${index}.png`, message: 'unreadable' } })
    }
    expect(record.problems.length).toBe(1000)
    expect(record.problemCount).toBe(1500)
  })

  it('counts a problem once, however often the run goes on', () => {
    const preparing: RunLogEntry = { kind: 'phase', phase: 'preparing', step: 0 }
    const torn: RunLogEntry = { kind: 'problem', problem: { path: 'torn.png', message: 'unreadable' } }
    const record = recordOf(preparing, torn, steps(1, [1]), preparing, torn)
    expect(record.problems).toHaveLength(1)
    expect(record.problemCount).toBe(1)
  })

  it('finds the best validation by loss and not by order', () => {
    expect(bestValidation(recordOf(evaluation(1, 0.8), evaluation(2, 0.3), evaluation(3, 0.4)).evaluations)?.step).toBe(
      2,
    )
    expect(bestValidation(recordOf(evaluation(1, 0.1, 'test')).evaluations)).toBeUndefined()
  })

  it('knows no time left before it knows a rate', () => {
    expect(secondsLeft(recordOf(steps(1, [1])))).toBeUndefined()
  })
})

describe('timeline', () => {
  const kept = [0, 1, 2, 4, 8, 100]

  it.each([
    [3, 2],
    [7, 8],
    [53, 8],
    [55, 100],
    [-4, 0],
    [900, 100],
  ])('snaps %s to the kept step %s', (step, expected) => expect(nearestKept(kept, step)).toBe(expected))

  it('moves between kept steps from any step', () => {
    expect(nextKept(kept, 2)).toBe(4)
    expect(nextKept(kept, 3)).toBe(4)
    expect(nextKept(kept, 100)).toBeUndefined()
    expect(previousKept(kept, 4)).toBe(2)
    expect(previousKept(kept, 5)).toBe(4)
    expect(previousKept(kept, 0)).toBeUndefined()
    expect(nextKept([], 0)).toBeUndefined()
    expect(previousKept([], 5)).toBeUndefined()
  })

  it('marks the best validation and changes of the learning rate in order', () => {
    const record = recordOf(
      steps(4, [1, 1, 1, 1]),
      { kind: 'learningRate', step: 4, learningRate: 0.001 },
      evaluation(2, 0.3),
      evaluation(4, 0.5),
    )
    expect(timelineMarks(record)).toEqual([
      { kind: 'bestValidation', step: 2, value: 0.3 },
      { kind: 'learningRate', step: 4, value: 0.001 },
    ])
  })

  it('plays a long run in bounded time by leaving steps out, never faster than a frame', () => {
    expect(playbackPace(11, 10, 80)).toEqual({ stride: 1, pauseMs: 500 })
    const { stride, pauseMs } = playbackPace(5000, 10, 80)
    expect(pauseMs).toBeGreaterThanOrEqual(80)
    expect(((5000 / stride) * pauseMs) / 1000).toBeLessThan(11)
  })
})

describe('FrameCache', () => {
  it('stays inside its budget and keeps what was used last', () => {
    const cache = new FrameCache<string>(100)
    cache.set('a', 'A', 40)
    cache.set('b', 'B', 40)
    expect(cache.get('a')).toBe('A')
    cache.set('c', 'C', 40)
    expect(cache.get('b')).toBeUndefined()
    expect(cache.get('a')).toBe('A')
    expect(cache.byteLength).toBe(80)
  })

  it('replaces a frame without counting it twice and refuses one larger than the budget', () => {
    const cache = new FrameCache<string>(100)
    cache.set('a', 'A', 60)
    cache.set('a', 'A2', 70)
    expect(cache.byteLength).toBe(70)
    cache.set('huge', 'H', 101)
    expect(cache.has('huge')).toBe(false)
    expect(cache.get('a')).toBe('A2')
  })
})
