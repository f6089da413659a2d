import { expect, it } from 'vitest'
import type { VerdictLook } from '../protocol/verdicts.ts'
import type { HostMessage } from '../protocol/messages.ts'
import { LatestSubscription } from './latest-subscription.ts'
import { RequestError } from './request-error.ts'
import { VerdictFeed } from './verdict-feed.ts'

const lookAt = (step: number): VerdictLook => ({ step, layers: [] })

/** A feed with one window that acknowledges everything, and the steps it has looked at. */
function follow(
  looks: readonly VerdictLook[],
  look: (step: number) => Promise<VerdictLook> = async (step) => lookAt(step),
) {
  let isUsed = true
  const asked: number[] = []
  const feed = new VerdictFeed(
    looks,
    (step) => {
      asked.push(step)
      return look(step)
    },
    () => (isUsed = false),
  )
  const seen: number[][] = []
  const subscription: LatestSubscription = new LatestSubscription(1, feed, {
    bufferedBytes: 0,
    send(message: HostMessage) {
      if (message.kind !== 'event') return
      seen.push((message.value as VerdictLook[]).map(({ step }) => step))
      queueMicrotask(() => subscription.acknowledge(message.sequence))
    },
  })
  const settled = () => new Promise((resolve) => setTimeout(resolve))
  return { feed, asked, seen, subscription, settled, isUsed: () => isUsed }
}

it('looks at what a run keeps, one look after the other, and at its end', async () => {
  const { feed, asked, seen, settled } = follow([])
  feed.keeps([0, 1])
  feed.keeps([0, 1, 2, 16])
  feed.keeps([0, 1, 2, 16, 17, 18])
  await settled()
  expect(asked).toEqual([0, 1, 2, 16])
  feed.ended()
  await settled()
  expect(asked).toEqual([0, 1, 2, 16, 18])
  expect(seen.at(-1)).toEqual([0, 1, 2, 16, 18])
})

it('begins with the looks kept with the run', async () => {
  const { feed, asked, seen, settled } = follow([lookAt(0), lookAt(8)])
  feed.keeps([0, 1, 2, 4, 8, 16])
  await settled()
  expect(asked).toEqual([16])
  expect(seen[0]).toEqual([0, 8])
})

it('looks again at the steps that a run trains again', async () => {
  const { feed, asked, seen, settled } = follow([])
  feed.keeps([0, 4, 8, 16])
  feed.ended()
  await settled()
  feed.goesOn()
  feed.keeps([0, 4, 8, 9])
  feed.keeps([0, 4, 8, 9, 16])
  await settled()
  expect(asked).toEqual([0, 4, 8, 16, 16])
  expect(seen.at(-1)).toEqual([0, 4, 8, 16])
})

it('tries again where the inspector died, passes over what was dropped, and rests when nobody follows', async () => {
  let dies = true
  const { feed, asked, subscription, settled, isUsed } = follow([], async (step) => {
    if (step === 1) throw new RequestError('notFound', 'The weights of step 1 are not kept.')
    if (step === 4 && dies) {
      dies = false
      throw new RequestError('internal', 'It died.')
    }
    return lookAt(step)
  })
  feed.keeps([0, 1, 4])
  await settled()
  expect(asked).toEqual([0, 1, 4, 4])
  subscription.close()
  expect(isUsed()).toBe(false)
  feed.keeps([0, 1, 4, 16])
  await settled()
  expect(asked).toEqual([0, 1, 4, 4])
})

it('forgets the looks of steps that are not kept any more, and one that was under way when the run went back', async () => {
  let finish: (look: VerdictLook) => void = () => undefined
  const { feed, asked, seen, settled } = follow([lookAt(0), lookAt(600)], (step) =>
    step === 510 ? new Promise((resolve) => (finish = resolve)) : Promise.resolve(lookAt(step)),
  )
  feed.keeps([0, 510])
  await settled()
  expect(asked).toEqual([510])
  feed.keeps([0, 505])
  finish(lookAt(510))
  await settled()
  expect(asked).toEqual([510, 505])
  expect(seen.at(-1)).toEqual([0, 505])
})
