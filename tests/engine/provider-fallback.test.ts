import { describe, expect, it } from 'vitest'
import { RuntimeError } from '../../engine/runtime/runtime-error.ts'
import type { StepRunner } from '../../engine/trainer/step-runner.ts'
import { lossesByStep, trainBareRun } from './bare-run.ts'

/** A device that computes as the CPU does until its `failsAt`-th run, and then only throws. */
function failing(runner: StepRunner, failsAt: number, stateSurvives: boolean): StepRunner {
  let runs = 0
  const broken = new RuntimeError('webgpu', 'The device was lost.')
  return {
    provider: 'webgpu',
    run: (batch, learningRate) => (++runs < failsAt ? runner.run(batch, learningRate) : Promise.reject(broken)),
    state: () => (runs < failsAt || stateSurvives ? runner.state() : Promise.reject(broken)),
    undo: () => runner.undo(),
    release: () => runner.release(),
  }
}

describe('a provider that fails while it trains', () => {
  it.each([
    { what: 'whose memory can still be read', stateSurvives: true },
    { what: 'that takes its memory along', stateSurvives: false },
  ])('$what is replaced by the CPU, visibly, and no number changes', async ({ stateSurvives }) => {
    const undisturbed = await trainBareRun()
    const entries = await trainBareRun({ wrapRunner: (cpu) => failing(cpu, 4, stateSurvives) })
    expect(lossesByStep(entries)).toEqual(lossesByStep(undisturbed))
    const change = entries.find((entry) => entry.kind === 'device' && entry.fallback)
    expect(change).toMatchObject({
      device: { provider: 'cpu', reason: expect.stringContaining('The device was lost.') },
    })
    expect(entries.at(-1)?.kind).toBe('finished')
  })
})
