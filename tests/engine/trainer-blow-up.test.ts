import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../engine/onnx/graph.ts'
import type { RunSettingsInput } from '../../engine/protocol/settings.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import type { StepRunner } from '../../engine/networks/step-runner.ts'
import { lossesByStep, trainBareRun } from './bare-run.ts'

/** Trains until the run pauses by itself, and returns why, with the weights it paused with. */
async function trainUntilPaused(
  training: Partial<RunSettingsInput['training']>,
  wrapRunner: (cpu: StepRunner) => StepRunner = (cpu) => cpu,
) {
  const control = new RunControl()
  const checkpoints = new Map<number, ReadonlyMap<string, Tensor>>()
  const entries = await trainBareRun({
    training: { epochs: 5, ...training },
    control,
    wrapRunner,
    breakFolder(folder) {
      const write = folder.writeCheckpoint.bind(folder)
      folder.writeCheckpoint = (checkpoint) => {
        checkpoints.set(checkpoint.step, checkpoint.tensors)
        return write(checkpoint)
      }
    },
    onEntry: (entry) => entry.kind === 'phase' && entry.phase === 'paused' && control.stop(),
  })
  const paused = entries.find((entry) => entry.kind === 'phase' && entry.phase === 'paused')
  const { step, message } = paused as { step: number; message: string }
  const weights = checkpoints.get(step)?.get('fc1.weight')?.data as Float32Array
  const lastLoss = entries
    .filter((entry) => entry.kind === 'steps')
    .at(-1)
    ?.losses.at(-1)
  return { step, message, weights, lastLoss }
}

describe('a run whose numbers blow up', () => {
  it('pauses at birth where the very first step is too large', async () => {
    const { step, message, weights } = await trainUntilPaused({ optimizer: { kind: 'sgd' } }, (cpu) => ({
      provider: cpu.provider,
      run: (batch) => cpu.run(batch, 3.4e38),
      state: (only) => cpu.state(only),
      undo: () => cpu.undo(),
      restore: (state) => cpu.restore(state),
      release: () => cpu.release(),
    }))
    expect(message).toMatch(/^Step 1 \(loss \d\.\d+\) made the weights of "fc1" too large to count with/)
    expect(step).toBe(0)
    expect(weights.every((weight) => Math.abs(weight) < 10)).toBe(true)
  })

  it('pauses before weights that are beyond float32 though their loss was not', async () => {
    // Decay by 40 times the weights turns and multiplies them by 39 each step, whatever the loss.
    const { step, message, weights, lastLoss } = await trainUntilPaused({
      optimizer: { kind: 'sgd', momentum: 0, weightDecay: 1, decay: 'decoupled' },
      learningRate: 40,
      schedule: { kind: 'constant' },
    })
    expect(message).toMatch(
      /^Step \d+ \(loss 1\.\d+e\+37\) made the weights of "fc1" too large to count with; training is paused with the weights of step \d+, so lower the learning rate \(now 40\) and resume\.$/,
    )
    expect(step).toBeGreaterThan(10)
    expect(lastLoss).toBeLessThan(1e37)
    expect(weights.every((weight) => Math.abs(weight) < 1e38)).toBe(true)
  })

  it('names the learning rate that was set and what the schedule made of it', async () => {
    const { step: pausedAt, message } = await trainUntilPaused({
      optimizer: { kind: 'sgd', momentum: 0 },
      loss: 'meanSquaredError',
      learningRate: 100,
      schedule: { kind: 'cosine' },
    })
    const step = Number(/of step (\d+)/.exec(message)?.[1]) - 1
    expect(pausedAt).toBeLessThan(step)
    expect(message).toContain(`with the weights of the last checkpoint before, step ${pausedAt}, so lower`)
    const scheduled = 50 * (1 + Math.cos((Math.PI * step) / 45))
    expect(message).toMatch(/^The loss of step \d+ is (Infinity|NaN), and .* was the first to leave the finite numbers/)
    expect(message).toContain(
      `lower the learning rate (now 100, of which the schedule made ${Number(scheduled.toPrecision(4))}) and resume`,
    )
  })

  it('goes on at a lower learning rate from weights that still gave a loss', async () => {
    const control = new RunControl()
    const entries = await trainBareRun({
      training: {
        epochs: 5,
        optimizer: { kind: 'sgd', momentum: 0 },
        loss: 'meanSquaredError',
        learningRate: 100,
        schedule: { kind: 'constant' },
      },
      control,
      onEntry(entry) {
        if (entry.kind !== 'phase' || entry.phase !== 'paused') return
        control.setLearningRate(0.01)
        control.resume()
      },
    })
    expect(entries.filter((entry) => entry.kind === 'phase' && entry.phase === 'paused')).toHaveLength(1)
    expect(entries.at(-1)).toMatchObject({ kind: 'finished', steps: 45 })
    const losses = [...lossesByStep(entries).values()]
    expect(losses).toHaveLength(45)
    expect(Math.max(...losses)).toBeLessThan(10)
    const last = entries.findLast((entry) => entry.kind === 'snapshot')
    expect(last?.keptSteps).toEqual([...new Set(last?.keptSteps)].toSorted((one, other) => one - other))
  })

  it('says that no learning rate helps where the first weights give no loss', async () => {
    const { step, message } = await trainUntilPaused({}, (cpu) => ({
      provider: cpu.provider,
      run: async (batch, learningRate) => {
        const results = await cpu.run(batch, learningRate)
        return { ...results, losses: results.losses.map(() => Number.NaN) }
      },
      state: (only) => cpu.state(only),
      undo: () => cpu.undo(),
      restore: (state) => cpu.restore(state),
      release: () => cpu.release(),
    }))
    expect(step).toBe(0)
    expect(message).toMatch(/^The loss of step 1 is NaN, and .*; no learning rate mends that, so start a new run/)
  })
})
