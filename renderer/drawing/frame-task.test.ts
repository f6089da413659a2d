import { expect, it } from 'vitest'
import { createFrameTask } from './frame-task.ts'
import type { FrameClock } from './frame-task.ts'

function manualFrames(): FrameClock & { tick(): void } {
  const callbacks = new Map<number, () => void>()
  let next = 1
  return {
    requestFrame(callback) {
      callbacks.set(next, callback)
      return next++
    },
    cancelFrame: (handle) => void callbacks.delete(handle),
    tick() {
      const due = [...callbacks.values()]
      callbacks.clear()
      due.forEach((callback) => callback())
    },
  }
}

it('runs once per frame however often it is asked, and again when asked after the frame', () => {
  const frames = manualFrames()
  let runs = 0
  const task = createFrameTask(() => runs++, frames)
  task.request()
  task.request()
  expect(runs).toBe(0)
  frames.tick()
  expect(runs).toBe(1)
  frames.tick()
  expect(runs).toBe(1)
  task.request()
  frames.tick()
  expect(runs).toBe(2)
})

it('may ask for the next frame from inside the work', () => {
  const frames = manualFrames()
  let runs = 0
  const task = createFrameTask(() => {
    runs++
    task.request()
  }, frames)
  task.request()
  frames.tick()
  frames.tick()
  expect(runs).toBe(2)
})

it('does not run once cancelled', () => {
  const frames = manualFrames()
  let runs = 0
  const task = createFrameTask(() => runs++, frames)
  task.request()
  task.cancel()
  frames.tick()
  expect(runs).toBe(0)
})
