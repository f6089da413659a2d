import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { HostMessage } from '../protocol/messages.ts'
import { LatestFeed } from './latest-feed.ts'
import { LatestSubscription } from './latest-subscription.ts'

class Feed extends LatestFeed<string> {
  wanted(): void {
    // Values come when the test says so.
  }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function window(bufferedBytes = 0) {
  const sent: HostMessage[] = []
  return {
    bufferedBytes,
    sent,
    values: () => sent.map((message) => ('value' in message ? message.value : message.kind)),
    send: (message: HostMessage) => void sent.push(message),
  }
}

it('has one value in flight, then the newest', () => {
  const feed = new Feed(() => undefined)
  const target = window()
  const subscription = new LatestSubscription(1, feed, target)
  for (const value of ['a', 'b', 'c']) feed.publish(value)
  expect(target.values()).toEqual(['a'])
  subscription.acknowledge(7)
  expect(target.values()).toEqual(['a'])
  subscription.acknowledge(0)
  expect(target.values()).toEqual(['a', 'c'])
  subscription.acknowledge(1)
  expect(target.values()).toEqual(['a', 'c'])
})

it('sends the newest value at once to whoever comes later', () => {
  const feed = new Feed(() => undefined)
  feed.publish('a')
  const target = window()
  new LatestSubscription(1, feed, target)
  expect(target.values()).toEqual(['a'])
})

it('sends nothing into a socket that is full until it has drained', () => {
  const feed = new Feed(() => undefined)
  const target = window(40 * 2 ** 20)
  new LatestSubscription(1, feed, target)
  feed.publish('a')
  vi.advanceTimersByTime(1000)
  feed.publish('b')
  expect(target.values()).toEqual([])
  target.bufferedBytes = 0
  vi.advanceTimersByTime(100)
  expect(target.values()).toEqual(['b'])
})

it('is forgotten once closed, and the feed told when nobody is left', () => {
  const onUnused = vi.fn()
  const feed = new Feed(onUnused)
  const [one, other] = [window(), window()]
  const first = new LatestSubscription(1, feed, one)
  const second = new LatestSubscription(2, feed, other)
  first.close()
  expect(onUnused).not.toHaveBeenCalled()
  feed.publish('a')
  expect([one.values(), other.values()]).toEqual([[], ['a']])
  feed.fail({ code: 'internal', message: 'It broke.' })
  expect(other.values()).toEqual(['a', 'failure'])
  second.close()
  expect(onUnused).toHaveBeenCalledTimes(1)
})
