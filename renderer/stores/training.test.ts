import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import type { Client } from '../../engine/protocol/client.ts'
import type { RunDescription, RunLogEntry, RunPhase } from '../../engine/protocol/runs.ts'
import { trainingSettingsSchema } from '../../engine/protocol/settings.ts'
import { useConnectionStore } from './connection.ts'
import { useRunsStore } from './runs.ts'
import { useTrainingStore } from './training.ts'

/** An engine that has said what a window heard, by topic. */
function fakeEngine() {
  const listeners = new Map<string, (value: unknown) => void>()
  const client = {
    state: { kind: 'open', hostId: 'host', version: '0.0.0' },
    onState: () => undefined,
    request: () => new Promise(() => undefined),
    subscribe: (topic: { kind: string }, _options: unknown, listener: (value: unknown) => void) => {
      listeners.set(topic.kind, listener)
      return () => undefined
    },
  } as unknown as Client
  return {
    client,
    log: (...entries: RunLogEntry[]) => {
      for (const entry of entries) listeners.get('run')?.(entry)
      vi.runOnlyPendingTimers()
    },
    hear: (entry: RunLogEntry) => listeners.get('run')?.(entry),
    list: (phase: RunPhase, more: Partial<RunDescription> = {}) =>
      listeners.get('runs')?.([{ ...describedAs(phase), ...more }]),
  }
}

function describedAs(phase: RunPhase): RunDescription {
  const numbers = { epochs: 3, stepsPerEpoch: 10, totalSteps: 30, step: 10 }
  const names = { id: 'one', folder: '/runs/one', architectureName: 'small', dataTitle: 'X or O' }
  const training = trainingSettingsSchema.parse({ optimizer: { kind: 'adam' }, schedule: {} })
  return { ...names, ...numbers, training, control: 'none', createdAt: '2026-01-01T00:00:00.000Z', phase }
}

const steps: RunLogEntry = {
  kind: 'steps',
  step: 14,
  epoch: 2,
  losses: [0.5],
  trainAccuracy: 0.5,
  learningRate: 0.01,
  imagesPerSecond: 640,
}

describe('the run in view', () => {
  let engine: ReturnType<typeof fakeEngine>
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
    engine = fakeEngine()
    useConnectionStore().attach(engine.client)
    useRunsStore()
    useTrainingStore().follow('one')
  })

  afterEach(() => vi.useRealTimers())

  it('takes a long log in at once, however many entries it has', () => {
    const training = useTrainingStore()
    let changes = 0
    watch(
      () => training.record,
      () => changes++,
      { flush: 'sync' },
    )
    engine.log(...Array.from({ length: 5000 }, (_, index) => ({ ...steps, step: index + 1 })))
    expect(training.record.step).toBe(5000)
    expect(training.record.losses.length).toBe(5000)
    expect(changes).toBe(1)
  })

  it('hears nothing more of a run it has left', () => {
    const training = useTrainingStore()
    engine.hear(steps)
    training.leave()
    vi.runOnlyPendingTimers()
    expect(training.record.step).toBe(0)
  })

  it('says which other program trains it', () => {
    const training = useTrainingStore()
    engine.list('interrupted', { trainedBy: 'process 4711' })
    engine.log({ kind: 'phase', phase: 'running', step: 0 }, { kind: 'checkpoint', step: 10 }, steps)
    expect(training.isRunning).toBe(false)
    expect(training.record.message).toContain('is being trained by process 4711;')
  })

  it('counts as interrupted where its log ends in the middle and nobody trains it', () => {
    const training = useTrainingStore()
    engine.list('running')
    engine.log({ kind: 'phase', phase: 'running', step: 0 }, { kind: 'checkpoint', step: 10 }, steps)
    expect(training.record.phase).toBe('running')
    expect(training.isRunning).toBe(true)
    engine.list('interrupted')
    expect(training.record.phase).toBe('interrupted')
    expect(training.isRunning).toBe(false)
    expect(training.record.message).toContain('step 14. The last checkpoint is of step 10')
  })

  it('goes on as its log tells once it is trained again', () => {
    const training = useTrainingStore()
    engine.log({ kind: 'phase', phase: 'running', step: 0 }, { kind: 'checkpoint', step: 10 }, steps)
    engine.list('interrupted')
    engine.list('preparing')
    engine.log({ kind: 'phase', phase: 'preparing', step: 10 })
    expect(training.record.phase).toBe('preparing')
    expect(training.record.message).toBeUndefined()
    expect(training.record.step).toBe(10)
  })

  it('keeps what the engine said of an end it has seen', () => {
    const message = 'The training process ended unexpectedly at step 14.'
    engine.log(steps, { kind: 'phase', phase: 'interrupted', step: 14, message })
    engine.list('interrupted')
    expect(useTrainingStore().record.message).toBe(message)
  })
})
