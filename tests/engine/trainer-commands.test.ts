import { describe, expect, it } from 'vitest'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import { lossesByStep, trainBareRun } from './bare-run.ts'

describe('commands that come while steps are under way', () => {
  it('change the learning rate from the next run on, which is the step that is recorded', async () => {
    const control = new RunControl()
    const entriesSoFar: RunLogEntry[] = []
    const entries = await trainBareRun({
      training: { schedule: { kind: 'constant' } },
      control,
      wrapRunner: (cpu) => ({
        provider: cpu.provider,
        async run(batch, learningRate) {
          const results = await cpu.run(batch, learningRate)
          if (lossesByStep(entriesSoFar).size === 4) control.setLearningRate(0.001)
          return results
        },
        state: () => cpu.state(),
        undo: () => cpu.undo(),
        restore: (state) => cpu.restore(state),
        release: () => cpu.release(),
      }),
      onEntry: (entry) => entriesSoFar.push(entry),
    })
    const change = entries.find((entry) => entry.kind === 'learningRate')
    const rateOf = (step: number) =>
      entries.find((entry) => entry.kind === 'steps' && entry.step >= step) as { learningRate: number }
    expect(change).toMatchObject({ learningRate: 0.001 })
    const { step } = change as { step: number }
    expect(step).toBeGreaterThan(4)
    expect(rateOf(step).learningRate).toBeCloseTo(0.003, 6)
    expect(rateOf(step + 1).learningRate).toBeCloseTo(0.001, 6)
  })

  it('take a single step that was asked for during a run after it', async () => {
    const control = new RunControl()
    let asked = false
    const entries = await trainBareRun({
      control,
      wrapBatches: (batches) => ({
        async take(step, count) {
          const taken = await batches.take(step, count)
          if (!asked && step >= 4) {
            asked = true
            control.allowStep()
          }
          return taken
        },
      }),
      onEntry: (entry) => entry.kind === 'phase' && entry.phase === 'paused' && control.resume(),
    })
    const pausedAt = entries.findIndex((entry) => entry.kind === 'phase' && entry.phase === 'paused')
    const before = entries.slice(0, pausedAt).filter((entry) => entry.kind === 'steps')
    // The run that was under way, and then the step of its own.
    expect(before.at(-1)).toMatchObject({ losses: { length: 1 } })
    const steps = before.map(({ step }) => step)
    expect(steps.filter((step) => step > 4)).toHaveLength(2)
    expect(lossesByStep(entries).size).toBe(18)
  })
})
