import { describe, expect, it } from 'vitest'
import { trainingSettingsSchema } from '../../../engine/protocol/settings.ts'
import type { RunDescription } from '../../../engine/protocol/runs.ts'
import { optimizerName } from '../model/optimizer-name.ts'
import { newestFirst, runColumns, sortBy, sortRuns } from './run-columns.ts'

function run(day: number, part: Partial<RunDescription> = {}): RunDescription {
  return {
    id: `run-${day}`,
    folder: `/runs/run-${day}`,
    architectureName: 'small',
    dataTitle: 'X or O',
    control: 'none',
    training: trainingSettingsSchema.parse({ optimizer: { kind: 'adam' }, schedule: {}, seed: 100 - day }),
    createdAt: `2026-11-${10 + day}T09:00:00.000Z`,
    phase: 'finished',
    epochs: 3,
    stepsPerEpoch: 10,
    totalSteps: 30,
    step: 30,
    ...part,
  }
}

const ids = (runs: readonly RunDescription[]) => runs.map(({ id }) => id)

describe('the order of runs', () => {
  it('puts those without a value last whichever way it goes, and equal ones newest first', () => {
    const runs = [
      run(1),
      run(2, { testAccuracy: 0.9 }),
      run(3),
      run(4, { testAccuracy: 0.95 }),
      run(5, { testAccuracy: 0.9 }),
    ]
    const byAccuracy = sortBy('accuracy', newestFirst)
    expect(ids(sortRuns(runs, byAccuracy))).toEqual(['run-4', 'run-5', 'run-2', 'run-3', 'run-1'])
    expect(ids(sortRuns(runs, sortBy('accuracy', byAccuracy)))).toEqual(['run-5', 'run-2', 'run-4', 'run-3', 'run-1'])
  })

  it('compares numbers as numbers', () => {
    const runs = [9, 80, 700].map((elapsedMs, index) => run(index + 1, { elapsedMs }))
    expect(ids(sortRuns(runs, { column: 'duration', descending: false }))).toEqual(['run-1', 'run-2', 'run-3'])
    expect(ids(sortRuns(runs, { column: 'seed', descending: false }))).toEqual(['run-3', 'run-2', 'run-1'])
  })

  it('leaves every run in the list, by whatever column', () => {
    const runs = [run(1), run(2, { control: 'whiteNoise' }), run(3, { phase: 'failed' })]
    for (const column of runColumns) {
      expect(ids(sortRuns(runs, { column, descending: true })).sort()).toEqual(['run-1', 'run-2', 'run-3'])
    }
  })
})

it('calls Adam with decoupled weight decay AdamW', () => {
  const { optimizer } = trainingSettingsSchema.parse({ optimizer: { kind: 'adam', decay: 'decoupled' }, schedule: {} })
  expect(optimizerName(optimizer)).toBe('adamw')
  expect(optimizerName({ ...optimizer, decay: 'l2' })).toBe('adam')
  expect(optimizerName({ kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0.1, decay: 'decoupled' })).toBe('sgd')
})
