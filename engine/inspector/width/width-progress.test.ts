import { expect, it } from 'vitest'
import type { DataProgress } from '../../protocol/messages.ts'
import { WidthProgress } from './width-progress.ts'

it('never tells more than all, counts what costs more as more, and ends after the signal', async () => {
  const told: DataProgress[] = []
  const controller = new AbortController()
  const progress = new WidthProgress(3, { onProgress: (one) => void told.push(one), signal: controller.signal })
  await progress.step('first', 2.4)
  const until = performance.now() + 120
  while (performance.now() < until) await progress.step('second')
  expect(told[0]).toMatchObject({ stage: 'first', done: 0, total: 3, rate: 0 })
  expect(told.at(-1)).toMatchObject({ stage: 'second' })
  for (const { done, total, rate } of told) {
    expect(done).toBeLessThan(total)
    expect(Number.isInteger(done) && Number.isInteger(total)).toBe(true)
    expect(rate).toBeGreaterThanOrEqual(0)
  }
  controller.abort()
  await expect(progress.step('second')).rejects.toMatchObject({ code: 'cancelled' })
})
