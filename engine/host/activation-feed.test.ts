import { expect, it } from 'vitest'
import type { HostMessage } from '../protocol/messages.ts'
import type { ActivationFrame } from '../protocol/runs.ts'
import { ActivationFeed } from './activation-feed.ts'
import { LatestSubscription } from './latest-subscription.ts'
import { RequestError } from './request-error.ts'

const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A feed whose computations end as told, one after the other, and what a window that follows it hears. */
async function follow(...outcomes: (number | RequestError)[]) {
  let asked = 0
  const feed = new ActivationFeed(
    async () => {
      const outcome = outcomes[asked++] ?? 0
      if (typeof outcome !== 'number') throw outcome
      return { step: outcome } as ActivationFrame
    },
    true,
    () => undefined,
  )
  const heard: (number | string)[] = []
  const send = (message: HostMessage) => {
    if (message.kind === 'event') heard.push((message.value as ActivationFrame).step)
    else if (message.kind === 'failure') heard.push(message.code)
  }
  const subscription = new LatestSubscription(1, feed, { bufferedBytes: 0, send })
  await settle()
  return { feed, heard, asked: () => asked, acknowledge: (sequence: number) => subscription.acknowledge(sequence) }
}

const died = new RequestError('internal', 'The process that looks at data and networks ended.')
const refused = new RequestError('badInput', 'The picture cannot be read.')

it('asks again by itself where the process that computes has died', async () => {
  const { heard, asked } = await follow(died, 7)
  expect(heard).toEqual([7])
  expect(asked()).toBe(2)
})

it('gives up where it dies of the same question again', async () => {
  const { heard, asked } = await follow(died, died, 7)
  expect(heard).toEqual(['internal'])
  expect(asked()).toBe(2)
})

it('gives up at once where the question itself is refused', async () => {
  const { heard, asked } = await follow(refused, 7)
  expect(heard).toEqual(['badInput'])
  expect(asked()).toBe(1)
})

it('forgives another death once something was computed in between', async () => {
  const { feed, heard, acknowledge } = await follow(died, 7, died, 8)
  acknowledge(0)
  feed.snapshotKept()
  await settle()
  expect(heard).toEqual([7, 8])
})
