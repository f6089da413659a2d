import { describe, expect, it } from 'vitest'
import { RunControl } from './run-control.ts'

/** True where the promise is settled once everything already under way has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.then(() => (settled = true))
  await new Promise(setImmediate)
  return settled
}

describe('RunControl', () => {
  it('resolves at the next command', async () => {
    const control = new RunControl()
    const command = control.nextCommand()
    expect(await isSettled(command)).toBe(false)
    control.requestFilters('conv1')
    expect(await isSettled(command)).toBe(true)
  })

  it('does not wait past a command that came while nobody waited', async () => {
    const control = new RunControl()
    control.requestFilters('conv1')
    expect(await isSettled(control.nextCommand())).toBe(true)
    expect(await isSettled(control.nextCommand())).toBe(false)
  })

  it('keeps a stop when a pause follows, and takes it back only where it could not be carried out', () => {
    const control = new RunControl()
    control.stop()
    control.pause()
    control.pauseOnFailure()
    expect(control.stopRequested).toBe(true)
    expect(control.isWaiting).toBe(false)
    control.takeBackStop()
    expect(control.isWaiting).toBe(true)
  })

  it('takes no step that was asked for before a failure', () => {
    const control = new RunControl()
    control.allowStep()
    control.pauseOnFailure()
    expect(control.isWaiting).toBe(true)
  })

  it('pauses for a single step, and waits again once it is taken', () => {
    const control = new RunControl()
    control.allowStep()
    expect(control).toMatchObject({ isPaused: true, isStepping: true, isWaiting: false })
    control.stepTaken()
    expect(control).toMatchObject({ isPaused: true, isStepping: false, isWaiting: true })
    control.allowStep()
    control.resume()
    expect(control).toMatchObject({ isPaused: false, isStepping: false })
  })

  it('hands out each request once', () => {
    const control = new RunControl()
    control.requestFilters('conv1')
    control.requestFilters('conv1')
    control.setLearningRate(0.1)
    control.setLearningRate(0.01)
    control.requestCheckpoint()
    expect([...control.takeFilterRequests()]).toEqual(['conv1'])
    expect(control.takeFilterRequests().size).toBe(0)
    expect(control.takeLearningRate()).toBe(0.01)
    expect(control.takeLearningRate()).toBeUndefined()
    expect(control.takeCheckpointRequest()).toBe(true)
    expect(control.takeCheckpointRequest()).toBe(false)
  })

  it('tells whoever opens the data that the run was stopped', () => {
    const control = new RunControl()
    expect(control.stopSignal.aborted).toBe(false)
    control.stop()
    expect(control.stopSignal.aborted).toBe(true)
  })
})
