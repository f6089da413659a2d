import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { HostMessage } from '../protocol/messages.ts'
import { type LiveFilterFrame, packWeights } from '../protocol/live-filters.ts'
import { FilterFeed } from './filter-feed.ts'
import { LatestSubscription } from './latest-subscription.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function frame(step: number): LiveFilterFrame {
  return { layer: 'conv1', step, weights: packWeights({ dims: [1, 1, 1, 1], data: Float32Array.of(step) }) }
}

function follow(feed: FilterFeed) {
  const steps: number[] = []
  const send = (message: HostMessage) => {
    if (message.kind === 'event') steps.push((message.value as LiveFilterFrame).step)
  }
  const subscription = new LatestSubscription(1, feed, { bufferedBytes: 0, send })
  return { steps, acknowledge: () => subscription.acknowledge(steps.length - 1), close: () => subscription.close() }
}

it('asks once for all windows, at most every 100 ms, and only while one is ready', () => {
  let asked = 0
  const feed = new FilterFeed(
    () => ++asked > 0,
    () => undefined,
  )
  const [one, other] = [follow(feed), follow(feed)]
  vi.advanceTimersByTime(1000)
  expect(asked).toBe(1)
  feed.receive(frame(1))
  expect([one.steps, other.steps]).toEqual([[1], [1]])
  vi.advanceTimersByTime(1000)
  expect(asked).toBe(1)
  one.acknowledge()
  other.acknowledge()
  vi.advanceTimersByTime(0)
  expect(asked).toBe(2)
  feed.receive(frame(2))
  one.acknowledge()
  vi.advanceTimersByTime(99)
  expect(asked).toBe(2)
  vi.advanceTimersByTime(1)
  expect(asked).toBe(3)
  expect(other.steps).toEqual([1, 2])
})

it('does not ask again for what it has: a paused run is asked anew when something happened in it', () => {
  let asked = 0
  const feed = new FilterFeed(
    () => ++asked > 0,
    () => undefined,
  )
  const window = follow(feed)
  vi.advanceTimersByTime(0)
  feed.receive(frame(5))
  window.acknowledge()
  vi.advanceTimersByTime(200)
  feed.receive(frame(5))
  vi.advanceTimersByTime(5000)
  expect([asked, window.steps]).toEqual([2, [5]])
  feed.runProgressed()
  vi.advanceTimersByTime(100)
  feed.receive(frame(6))
  expect([asked, window.steps]).toEqual([3, [5, 6]])
})

it('goes on with another trainer after the first has died with a question open', () => {
  let isRunning = true
  let asked = 0
  const feed = new FilterFeed(
    () => {
      if (isRunning) asked++
      return isRunning
    },
    () => undefined,
  )
  const window = follow(feed)
  vi.advanceTimersByTime(0)
  isRunning = false
  feed.trainerEnded()
  feed.runProgressed()
  vi.advanceTimersByTime(1000)
  expect(asked).toBe(1)
  isRunning = true
  feed.runProgressed()
  vi.advanceTimersByTime(100)
  feed.receive(frame(3))
  expect([asked, window.steps]).toEqual([2, [3]])
})
