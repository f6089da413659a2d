import { describe, expect, it } from 'vitest'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { RuntimeError } from '../../engine/runtime/runtime-error.ts'
import type { StepRunner } from '../../engine/networks/step-runner.ts'
import { lossesByStep, trainBareRun } from './bare-run.ts'

type Failing = 'run' | 'state' | 'both'

/** A device that computes as the CPU does until its `failsAt`-th run, and from then on throws. */
function failing(runner: StepRunner, failsAt: number, what: Failing): StepRunner {
  let runs = 0
  const broken = new RuntimeError('webgpu', 'The device was lost.')
  const isBroken = (part: Failing) => runs >= failsAt && (what === part || what === 'both')
  return {
    provider: 'webgpu',
    run(batch, learningRate) {
      runs++
      return isBroken('run') ? Promise.reject(broken) : runner.run(batch, learningRate)
    },
    state: (only) => (isBroken('state') ? Promise.reject(broken) : runner.state(only)),
    undo: () => runner.undo(),
    restore: (state) => runner.restore(state),
    release: () => (what === 'both' ? Promise.reject(broken) : runner.release()),
  }
}

function evaluations(entries: readonly RunLogEntry[]): RunLogEntry[] {
  return entries.filter((entry) => entry.kind === 'evaluation')
}

describe('a provider that fails while it trains', () => {
  it.each([
    { device: 'that cannot run any more', what: 'run', atStep: 11 },
    { device: 'that cannot give its weights any more', what: 'state', atStep: 9 },
    { device: 'that can do neither', what: 'both', atStep: 9 },
  ] as const)('$device is replaced by the CPU, visibly, and no number changes', async ({ what, atStep }) => {
    const undisturbed = await trainBareRun()
    const entries = await trainBareRun({ wrapRunner: (cpu) => failing(cpu, 12, what) })
    expect(lossesByStep(entries)).toEqual(lossesByStep(undisturbed))
    expect(evaluations(entries)).toEqual(evaluations(undisturbed))
    const change = entries.find((entry) => entry.kind === 'device' && entry.fallback)
    expect(change).toMatchObject({
      device: { provider: 'cpu', reason: `The device was lost. Training goes on on the CPU from step ${atStep}.` },
    })
    expect(entries.at(-1)?.kind).toBe('finished')
  })

  it('tells from which step it goes on where it must go back', async () => {
    const entries = await trainBareRun({ wrapRunner: (cpu) => failing(cpu, 12, 'both') })
    const change = entries.findIndex((entry) => entry.kind === 'device')
    expect(entries[change + 1]).toEqual({ kind: 'phase', phase: 'running', step: 9 })
  })
})
